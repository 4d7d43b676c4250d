/* engine.h - ring 2b: what the files of stripe.engine share. */
#ifndef ST_LUA_ENGINE_H
#define ST_LUA_ENGINE_H

#include "compat.h"

#include "../engine/wire.h"
#include "call.h"

#pragma GCC visibility push(hidden)

/* Makes the metatable of wires. */
void st_wire_class(lua_State *L);

/* engine.wire(options) -> wire. */
int st_make_wire(lua_State *L);

/* The wire at argument i. */
st_wire *st_check_wire(lua_State *L, int i);

/* The call at argument 2. It comes from another shared object, perhaps of another version. */
st_lua_call *st_check_call(lua_State *L);

/* Raises an error unless a call is to be sent now. */
void st_check_ready(lua_State *L, const st_lua_call *call);

/* Pushes nil and why the engine cannot do it; returns 2. */
int st_push_failure(lua_State *L, const char *message);

/* Makes the metatable of mailboxes. */
void st_mailbox_class(lua_State *L);

/* engine.open_threaded() -> mailbox. */
int st_open_mailbox(lua_State *L);

/* engine.yieldable() -> whether the running coroutine can yield; nil where Lua cannot say. */
int st_yieldable(lua_State *L);

#pragma GCC visibility pop

#endif
