/* objects.c - ring 1: the objects of the catalogue by name. */
#include "objects.h"

#include <stddef.h>
#include <string.h>

static bool is_named(const st_object *object, const char *name)
{
    return object && object->name && strcmp(object->name, name) == 0;
}

/* The answer to a deletion has the name of what was deleted, and is told by its fields. */
static const st_object *deleted_form(const st_resource *resource)
{
    for (const st_operation *op = resource->operations; op->name; op++)
        if (op->returns && op->returns != resource->object &&
            st_field_find(op->returns->fields, "deleted"))
            return op->returns;
    return NULL;
}

const st_object *st_object_find(const char *name, bool deleted)
{
    for (const st_resource *const *family = st_families; *family; family++) {
        for (const st_resource *resource = *family; resource->name; resource++) {
            if (!is_named(resource->object, name)) continue;
            const st_object *form = deleted ? deleted_form(resource) : NULL;
            return form ? form : resource->object;
        }
    }
    return NULL;
}

const st_field *st_field_find(const st_field *fields, const char *name)
{
    for (const st_field *field = fields; field && field->name; field++)
        if (strcmp(field->name, name) == 0) return field;
    return NULL;
}
