/* engine_wire.c - ring 2b: engine.wire, which makes a wire of a client's options. */
#include "engine.h"

#include <string.h>

#define CLASS "stripe.wire"

/* A userdata, which holds one count of the wire. */
typedef struct st_lua_wire {
    st_wire *wire;
} st_lua_wire;

st_wire *st_check_wire(lua_State *L, int i)
{
    const st_lua_wire *self = st_checkclass(L, i, ST_WIRES, CLASS);
    return self->wire;
}

static int collect(lua_State *L)
{
    st_lua_wire *self = luaL_checkudata(L, 1, CLASS);
    st_wire_release(self->wire);
    self->wire = NULL;
    return 0;
}

static void check_memory(lua_State *L, bool enough)
{
    if (!enough) luaL_error(L, "not enough memory");
}

/* `proxy = false` and `no_proxy = false` are none, whatever the environment says; any other false
   is nothing. */
static void set_text(lua_State *L, st_wire *wire, enum st_wire_text text)
{
    size_t n;
    bool none = text == ST_WIRE_PROXY || text == ST_WIRE_NO_PROXY;
    lua_getfield(L, 1, st_wire_name(text));
    if (none && lua_isboolean(L, -1) && !lua_toboolean(L, -1)) {
        check_memory(L, st_wire_set(wire, text, ""));
    } else if (lua_toboolean(L, -1)) {
        const char *value = luaL_checklstring(L, -1, &n);
        luaL_argcheck(L, strlen(value) == n, 1, "an option holds a NUL");
        check_memory(L, st_wire_set(wire, text, value));
    }
    lua_pop(L, 1);
}

static void set_addresses(lua_State *L, st_wire *wire)
{
    lua_getfield(L, 1, "resolve");
    if (lua_istable(L, -1)) {
        for (int i = 1; i <= (int)lua_rawlen(L, -1); i++) {
            lua_rawgeti(L, -1, i);
            check_memory(L, st_wire_resolve(wire, luaL_checkstring(L, -1)));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

static double number(lua_State *L, const char *name, double otherwise)
{
    lua_getfield(L, 1, name);
    double value = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : otherwise;
    lua_pop(L, 1);
    return value;
}

static bool flag(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

/* Options, checked before: those of st_wire_name, resolve (list of "host:port:address"),
   connect_timeout, max_connection_age, max_connections, http2, plain, verbatim. */
int st_make_wire(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    st_lua_wire *self = lua_newuserdata(L, sizeof *self);
    self->wire = NULL;
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    self->wire = st_wire_new();
    check_memory(L, self->wire != NULL);
    for (int text = 0; text < ST_WIRE_TEXTS; text++) set_text(L, self->wire, text);
    set_addresses(L, self->wire);
    self->wire->connect_timeout = number(L, "connect_timeout", 0);
    self->wire->max_age = number(L, "max_connection_age", 0);
    self->wire->max_connections = (long)number(L, "max_connections", -1);
    self->wire->http2 = flag(L, "http2");
    self->wire->plain = flag(L, "plain");
    self->wire->verbatim = flag(L, "verbatim");
    return 1;
}

void st_wire_class(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };
    st_newclass(L, CLASS, none);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
}
