/* compat.h - ring 2b: the few calls that Lua 5.1, 5.2, 5.3, 5.4 and LuaJIT spell differently. */
#ifndef ST_LUA_COMPAT_H
#define ST_LUA_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

#if LUA_VERSION_NUM == 501
#define lua_rawlen lua_objlen
#endif

/* An absolute index, as lua_absindex of 5.2. */
#define st_absindex(L, i) ((i) > 0 || (i) <= LUA_REGISTRYINDEX ? (i) : lua_gettop(L) + (i) + 1)

/* Whether the number at index i has Lua's integer subtype (5.3 and later; else false). */
#if LUA_VERSION_NUM >= 503
#define st_isinteger(L, i) lua_isinteger((L), (i))
#else
#define st_isinteger(L, i) ((void)(L), (void)(i), 0)
#endif

/* Pushes a whole number. Where integers may be too narrow, numbers are floats anyway. */
static inline void st_pushwhole(lua_State *L, long long n)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)n);
#else
    lua_pushnumber(L, (lua_Number)n);
#endif
}

/* The one table that a userdata keeps alive. */
#if LUA_VERSION_NUM == 501
#define st_setuservalue lua_setfenv
#define st_getuservalue lua_getfenv
#else
#define st_setuservalue lua_setuservalue
#define st_getuservalue lua_getuservalue
#endif

/* Adds the functions of a list that ends with {NULL, NULL} to the table on top of the stack. */
static inline void st_setfuncs(lua_State *L, const luaL_Reg *functions)
{
    for (; functions->name; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}

/* The userdata at index i if its metatable is the upvalue; otherwise luaL_checkudata decides, by
   the name, which takes longer. */
static inline void *st_checkclass(lua_State *L, int i, int upvalue, const char *name)
{
    void *self = lua_touserdata(L, i);
    if (self && lua_getmetatable(L, i)) {
        int same = lua_rawequal(L, -1, lua_upvalueindex(upvalue));
        lua_pop(L, 1);
        if (same) return self;
    }
    return luaL_checkudata(L, i, name);
}

/* Pushes a new metatable called name with the methods (NULL: none) as __index and __name,
   __metatable set: scripts can neither read nor change it. Returns with it on top of the stack. */
static inline void st_newclass(lua_State *L, const char *name, const luaL_Reg *methods)
{
    if (!luaL_newmetatable(L, name)) return;
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_newtable(L);
    if (methods) st_setfuncs(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__metatable");
}

#endif
