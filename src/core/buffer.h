/*
 * buffer.h - ring 1: a growable run of bytes with a hard cap.
 *
 * Reaching the cap or running out of memory is remembered: every later append fails too, so a
 * writer may append many pieces and ask once at the end. Nothing is ever truncated.
 */
#ifndef ST_CORE_BUFFER_H
#define ST_CORE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum st_buffer_state { ST_BUFFER_OK, ST_BUFFER_FULL, ST_BUFFER_NO_MEMORY };

typedef struct st_buffer {
    char *data; /* owned; not NUL-terminated; NULL while nothing was appended */
    size_t length, capacity, cap;
    enum st_buffer_state state;
} st_buffer;

/* Overwrites n bytes that may be secrets. */
void st_wipe(void *bytes, size_t n);

/* Makes an empty buffer that never holds more than cap bytes. Allocates nothing. */
void st_buffer_init(st_buffer *b, size_t cap);

/* Frees the bytes and leaves an empty buffer with the same cap. Safe to call twice. */
void st_buffer_free(st_buffer *b);

/* As st_buffer_free, overwriting the bytes first: for keys and card data. */
void st_buffer_wipe(st_buffer *b);

/* Empties the buffer, keeps its memory, clears its state. */
void st_buffer_reset(st_buffer *b);

/* Shortens the buffer to length, which is at most what it holds. */
void st_buffer_truncate(st_buffer *b, size_t length);

/* Makes room for n more bytes at once; false when the buffer is, or becomes, full or out of
   memory. */
bool st_buffer_reserve(st_buffer *b, size_t n);

/* Makes the buffer n bytes longer, n > 0, and returns where they are to be written; NULL when it
   is, or becomes, full or out of memory. */
char *st_buffer_extend(st_buffer *b, size_t n);

/* Appends n bytes; false when the buffer is, or becomes, full or out of memory. */
bool st_buffer_append(st_buffer *b, const void *bytes, size_t n);

/* Appends a NUL-terminated text, one byte, a decimal number. */
bool st_buffer_text(st_buffer *b, const char *text);
bool st_buffer_byte(st_buffer *b, char c);
bool st_buffer_integer(st_buffer *b, long long n);

/* Appends bytes percent-encoded as Stripe's libraries do in form bodies: everything but
   A-Z a-z 0-9 - _ . ~ [ ] as %XX with upper-case digits. */
bool st_buffer_form(st_buffer *b, const void *bytes, size_t n);

/* The same for a path segment, where [ and ] are encoded too. */
bool st_buffer_segment(st_buffer *b, const void *bytes, size_t n);

#pragma GCC visibility pop

#endif
