/*
 * layout.h - ring 1: a JSON text with other white space.
 *
 * A signature covers bytes. When a body was decoded and encoded again, and the order of its members
 * lived through that, giving it Stripe's white space back proves what happened.
 */
#ifndef ST_CORE_LAYOUT_H
#define ST_CORE_LAYOUT_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

typedef enum st_layout_style {
    ST_LAYOUT_COMPACT,  /* {"a":1,"b":[]} */
    ST_LAYOUT_SPACED,   /* {"a": 1, "b": []} */
    ST_LAYOUT_INDENTED  /* two spaces a level, as Stripe writes events */
} st_layout_style;

/* Appends the text in another layout; false when its strings or brackets don't end, when it goes
   deeper than 64 levels, or when the buffer fails. Otherwise any text will do: it isn't parsed. */
bool st_layout(st_buffer *out, const char *json, size_t n, st_layout_style style);

#pragma GCC visibility pop

#endif
