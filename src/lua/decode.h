/*
 * decode.h - ring 2b: JSON text to Lua values.
 *
 * decode.c alone knows the decoder, so that another can take its place.
 */
#ifndef ST_LUA_DECODE_H
#define ST_LUA_DECODE_H

#include "binding.h"

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Pushes a decoder with settings of its own. */
void st_decode_new(lua_State *L);

/* Decodes the string at index text with the decoder at index decoder: true with the value on top
   of the stack, as the decoder made it; or false with a message there. */
bool st_decode(lua_State *L, int decoder, int text);

/* Makes the value on top of the stack what the contract says: whole numbers are integers (where
   Lua has them), members that are null are gone unless keep_null; in arrays null stays as
   core.null. Pushes the list of all the tables in it whose member "object" is "list", outer ones
   before inner ones. */
void st_decode_tidy(lua_State *L, bool keep_null);

#pragma GCC visibility pop

#endif
