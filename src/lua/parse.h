/*
 * parse.h - ring 2b: JSON text as plain as Stripe writes it, straight to Lua values.
 *
 * It makes in one pass what decode.c makes of a decoder's values in a second one, and knows no
 * escapes, exponents or errors: what is not plain is for the decoder, and so is the judgement.
 */
#ifndef ST_LUA_PARSE_H
#define ST_LUA_PARSE_H

#include "compat.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Pushes the value, tidy as decode.h says, and the list of its list envelopes; or leaves the stack
   as it was and returns false: the text is not plain. */
bool st_parse(lua_State *L, const char *text, size_t length, bool keep_null);

#pragma GCC visibility pop

#endif
