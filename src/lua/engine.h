/* engine.h - ring 2b: what the files of stripe.engine share. */
#ifndef ST_LUA_ENGINE_H
#define ST_LUA_ENGINE_H

#include "compat.h"

#include "../engine/wire.h"
#include "call.h"

#pragma GCC visibility push(hidden)

/* Makes the metatable of wires, and pushes it. */
void st_wire_class(lua_State *L);

/* engine.wire(options) -> wire. */
int st_make_wire(lua_State *L);

/* Upvalues of the methods of a class: its own metatable, that of calls (nil before stripe.core is
   there) and that of wires. */
enum { ST_SELF = 1, ST_CALLS, ST_WIRES };

/* Makes the metatable of a class; that of wires is at index wires. */
void st_open_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction gc,
                   int wires);

/* The wire at argument i of a method; NULL: it was collected, since the Lua state closes. */
st_wire *st_check_wire(lua_State *L, int i);

/* The call at argument 2 of a method. It comes from another shared object, perhaps of another
   version. */
st_lua_call *st_check_call(lua_State *L);

/* Raises an error unless a call is to be sent now. */
void st_check_ready(lua_State *L, const st_lua_call *call);

/* Pushes nil and why the engine cannot do it; returns 2. */
int st_push_failure(lua_State *L, const char *message);

/* Whether the Lua state closes, and has collected what a call needs: a finalizer that is called
   after that may still ask for one. */
bool st_is_closing(int owners, const st_wire *wire);
#define ST_CLOSING "the Lua state is being closed"

/* Makes the metatable of mailboxes; that of wires is at index wires. */
void st_mailbox_class(lua_State *L, int wires);

/* engine.open_threaded() -> mailbox. */
int st_open_mailbox(lua_State *L);

/* engine.yieldable() -> whether the running coroutine can yield; nil where Lua cannot say. */
int st_yieldable(lua_State *L);

#pragma GCC visibility pop

#endif
