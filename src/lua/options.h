/*
 * options.h - ring 2b: what core.call is asked for: a table of options, and one of defaults for
 * what that does not have. The tables are read raw, so that it is they themselves that keep the
 * texts alive.
 */
#ifndef ST_LUA_OPTIONS_H
#define ST_LUA_OPTIONS_H

#include "binding.h"

#include "../core/headers.h" /* st_text */

#include <stdbool.h>

#pragma GCC visibility push(hidden)

enum { ST_OPTIONS = 1, ST_DEFAULTS = 2 }; /* where they are on the stack */

/* Pushes the option, or its default; returns its type, nil for false. */
int st_option(lua_State *L, const char *name);

/* The text of an option, which lives as long as the tables; its data is NULL when there is none.
   Like the next two, it leaves nothing on the stack and throws for a value of another type. */
st_text st_text_option(lua_State *L, const char *name);

double st_number_option(lua_State *L, const char *name, double otherwise);

/* Whether the option is there, and neither nil nor false. */
bool st_flag_option(lua_State *L, const char *name);

#pragma GCC visibility pop

#endif
