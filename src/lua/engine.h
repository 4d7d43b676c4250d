/* engine.h - ring 2b: what the files of stripe.engine share. */
#ifndef ST_LUA_ENGINE_H
#define ST_LUA_ENGINE_H

#include "compat.h"

#include "../engine/wire.h"

#pragma GCC visibility push(hidden)

/* Makes the metatable of wires. */
void st_wire_class(lua_State *L);

/* engine.wire(options) -> wire. */
int st_make_wire(lua_State *L);

/* The wire at argument i. */
st_wire *st_check_wire(lua_State *L, int i);

#pragma GCC visibility pop

#endif
