/*
 * route.h - ring 1: from a method and a path to the operation of the catalogue that they mean.
 *
 * Operations are counted from 1 in the order of st_families, each family's resources, each
 * resource's operations. That number is the handle which Lua holds.
 */
#ifndef ST_CORE_ROUTE_H
#define ST_CORE_ROUTE_H

#include "../api/catalogue.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { ST_ROUTE_IDS = 4 }; /* more than any path of the catalogue has */

typedef struct st_route {
    int operation; /* 0: no operation has this method and path */
    bool known;    /* the path exists, if only with another method */
    int n;         /* ids in the path */
    struct {
        const char *text; /* still percent-encoded; borrowed from the path */
        size_t length;
    } ids[ST_ROUTE_IDS];
} st_route;

/* The operation numbered n and, unless resource is NULL, the resource that it belongs to; NULL
   when there is no such operation. */
const st_operation *st_operation_find(int n, const st_resource **resource);

/* Finds what a request line means; the path has no query. A literal segment wins over an id. */
st_route st_route_find(const char *method, const char *path, size_t length);

/* The same for a path that was made by filling in the pattern of an operation, whose number is n:
   it is tried first, and the others only where an id might be a literal segment of theirs. */
st_route st_route_made(int n, const st_operation *operation, const char *path, size_t length);

/* "GET", "POST", "DELETE". */
const char *st_method_name(enum st_method method);

/* The method of that name; false when there is none. */
bool st_method_named(const char *name, enum st_method *method);

#pragma GCC visibility pop

#endif
