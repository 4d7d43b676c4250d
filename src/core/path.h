/*
 * path.h - ring 1: the path of a request, filled with ids or checked as given.
 */
#ifndef ST_CORE_PATH_H
#define ST_CORE_PATH_H

#include "buffer.h"
#include "problem.h"

#pragma GCC visibility push(hidden)

enum { ST_ID_LIMIT = 255 }; /* bytes of one id */

/* An id of a path; text NULL: not given, or no string. Borrowed. */
typedef struct st_id {
    const char *text;
    size_t length;
} st_id;

/* Appends a path such as "/v1/climate/orders/{order}/cancel" with its ids filled in, each
   percent-encoded as one segment. An id that is not given, empty, ".", "..", longer than
   ST_ID_LIMIT or holds control bytes or broken UTF-8 would reach another resource than the one
   meant: false, and the problem names it. */
bool st_path_fill(st_buffer *out, const char *path, const st_id *ids, size_t count,
                  st_problem *problem);

/* Whether a path given by the caller may be sent as it is, its query included: one leading slash,
   no "//", no "." or ".." segment (percent-encoded or not), visible ASCII, no fragment, no
   backslash. */
bool st_path_check(const char *path, size_t length, st_problem *problem);

#pragma GCC visibility pop

#endif
