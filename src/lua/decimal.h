/* decimal.h - ring 2b: decimals as other files of the binding meet them. */
#ifndef ST_LUA_DECIMAL_H
#define ST_LUA_DECIMAL_H

#include "compat.h"

#include "../core/decimal.h"

#pragma GCC visibility push(hidden)

/* The stripe.decimal at index i, or NULL. */
const st_decimal *st_todecimal(lua_State *L, int i);

/* Reads the number at index i: an integer, or a float of at most 15 significant digits. */
enum st_decimal_error st_decimal_from_number(lua_State *L, int i, st_decimal *out);

#pragma GCC visibility pop

#endif
