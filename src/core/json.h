/*
 * json.h - ring 1: a JSON writer (RFC 8259), event by event, into a buffer.
 *
 * The writer puts the commas; the caller pairs begin with end and puts a key before each value
 * of an object. The first failure is remembered and everything after it does nothing, so a
 * caller may write many events and ask once at the end.
 */
#ifndef ST_CORE_JSON_H
#define ST_CORE_JSON_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

enum st_json_state {
    ST_JSON_OK,
    ST_JSON_NOT_UTF8,   /* a text is not valid UTF-8: JSON has no form for it */
    ST_JSON_NOT_FINITE, /* an infinity or a NaN */
    ST_JSON_BUFFER      /* the buffer is full or out of memory: see its state */
};

typedef struct st_json {
    st_buffer *out; /* borrowed */
    bool comma;     /* the next key or element needs one */
    enum st_json_state state;
} st_json;

/* Starts a text at the end of out, which must outlive the writer. */
void st_json_init(st_json *w, st_buffer *out);

/* One event each; false once anything has failed. A text is n bytes of UTF-8. */
bool st_json_begin_object(st_json *w);
bool st_json_end_object(st_json *w);
bool st_json_begin_array(st_json *w);
bool st_json_end_array(st_json *w);
bool st_json_key(st_json *w, const char *text, size_t n);
bool st_json_string(st_json *w, const char *text, size_t n);
bool st_json_integer(st_json *w, long long n);
bool st_json_boolean(st_json *w, bool b);
bool st_json_null(st_json *w);

/* The shortest text that reads back as the same double, whatever the locale; an integral value
   below 2^63 has neither fraction nor exponent. */
bool st_json_number(st_json *w, double n);

#pragma GCC visibility pop

#endif
