/* objects.h - ring 1: the objects of the catalogue by name. */
#ifndef ST_CORE_OBJECTS_H
#define ST_CORE_OBJECTS_H

#include "../api/catalogue.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* The object whose "object" member says name, or NULL. With deleted, the short form that answers
   a deletion, where the catalogue has one. */
const st_object *st_object_find(const char *name, bool deleted);

/* The field of that name in a list of fields (which may be NULL), or NULL. */
const st_field *st_field_find(const st_field *fields, const char *name);

#pragma GCC visibility pop

#endif
