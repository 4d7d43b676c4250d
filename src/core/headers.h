/*
 * headers.h - ring 1: an ordered list of HTTP headers, names without regard to case.
 *
 * Kept as one run of NUL-terminated texts (name, value, name, value, ...) in a capped buffer, so
 * that a list is freed, wiped and bounded in one place. Values may be secrets: freeing wipes.
 */
#ifndef ST_CORE_HEADERS_H
#define ST_CORE_HEADERS_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

typedef struct st_headers {
    st_buffer text;
} st_headers;

/* One header of a list; the texts belong to the list and live until it changes. */
typedef struct st_header {
    const char *name, *value;
} st_header;

/* Bytes from a caller, not NUL-terminated; data NULL: not given. */
typedef struct st_text {
    const char *data;
    size_t length;
} st_text;

/* Makes an empty list that never holds more than cap bytes. Allocates nothing. */
void st_headers_init(st_headers *h, size_t cap);

/* Wipes and frees the list. Safe to call twice. */
void st_headers_free(st_headers *h);

/* Empties the list, keeps its memory. */
void st_headers_reset(st_headers *h);

/* Whether a header may have this name (an HTTP token), this value (no control byte but tab). */
bool st_headers_valid_name(st_text name);
bool st_headers_valid_value(st_text value);

/* Adds a header at the end; false when it holds a byte that no header may hold, or when the list
   is full or out of memory: h->text.state tells which. */
bool st_headers_add(st_headers *h, st_text name, st_text value);

/* The same with "name: value" as it came, without its line end. *name_length gets the length of
   the name. */
bool st_headers_add_line(st_headers *h, st_text line, size_t *name_length);

/* Adds all headers of another list at the end; false as above. */
bool st_headers_append(st_headers *h, const st_headers *more);

/* As st_headers_add, with the name written Like-This, after removing any header of that name. */
bool st_headers_set(st_headers *h, st_text name, st_text value);

/* The value of the first header of that name; NULL when there is none. */
const char *st_headers_find(const st_headers *h, const char *name);

/* Steps through the list: *position starts at 0; false at the end. */
bool st_headers_next(const st_headers *h, size_t *position, st_header *out);

#pragma GCC visibility pop

#endif
