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

/* Pushes the value of a JSON text and the list of all the tables in it whose member "object" is
   "list", outer ones before inner ones, nil when there are none; or pushes a message and returns
   false. Whole numbers up to 2^53 are integers (where Lua has them), members that are null are
   gone unless keep_null; in arrays null stays as core.null. decoder: where st_decode_new's is on
   the stack. */
bool st_decode(lua_State *L, int decoder, const char *text, size_t length, bool keep_null);

/* The same of the text on top of the stack, which goes. */
bool st_decode_top(lua_State *L, int decoder, bool keep_null);

/* As st_decode without nulls for a text that st_squeeze has none left in. */
bool st_decode_squeezed(lua_State *L, int decoder, const char *text, size_t length);

#pragma GCC visibility pop

#endif
