/*
 * multipart.h - ring 1: multipart/form-data, part by part, in both directions.
 */
#ifndef ST_CORE_MULTIPART_H
#define ST_CORE_MULTIPART_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

/* Bytes that live elsewhere. */
typedef struct st_run {
    const char *bytes;
    size_t length;
} st_run;

/* A part as it was read; filename.bytes NULL: a field, not a file. */
typedef struct st_part {
    st_run name, filename, type, content;
} st_part;

/* Whether a name or a media type may stand in the header of a part: no control bytes. */
bool st_part_header_ok(const char *bytes, size_t n);

/* Whether bytes can be a part's content: the boundary is not in them. */
bool st_part_content_ok(const char *boundary, const void *bytes, size_t n);

/* Appends the head of a field, or of a file: what stands before its content. Names go as they
   are, but for the quotation mark, which browsers and Stripe's libraries write as %22. */
void st_part_field(st_buffer *out, const char *boundary, const char *name, size_t length);
void st_part_file(st_buffer *out, const char *boundary, const char *name, size_t length,
                  st_run filename, st_run type);

/* Appends what stands behind the last part. */
void st_part_last(st_buffer *out, const char *boundary);

/* Finds the boundary in a Content-Type; false when it is not multipart/form-data with one. */
bool st_part_boundary(const char *content_type, st_run *boundary);

/* Reads the next part. *position starts at 0. 1: there is one; 0: that was the last; -1: this is
   no multipart text. Runs point into text; %22 in names is left as it is. */
int st_part_read(const char *text, size_t n, st_run boundary, size_t *position, st_part *part);

#pragma GCC visibility pop

#endif
