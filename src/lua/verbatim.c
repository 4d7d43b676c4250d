/* verbatim.c - ring 2b: core.verbatim, which makes a call of somebody else's request: nothing is
   added to it, and it is sent once. The simulator's deliveries and forwarded requests are such. */
#include "call.h"

#include "../core/route.h"

#include <string.h>

enum { REQUEST = 1 };

static st_text text_field(lua_State *L, const char *name)
{
    st_text text;
    lua_getfield(L, REQUEST, name);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, REQUEST, name);
    text.data = lua_tolstring(L, -1, &text.length);
    lua_pop(L, 1); /* the table keeps it */
    return text;
}

static double number_field(lua_State *L, const char *name)
{
    lua_getfield(L, REQUEST, name);
    double number = luaL_optnumber(L, -1, 0);
    lua_pop(L, 1);
    return number;
}

/* False for a header that would not arrive as it was meant. */
static bool add_headers(lua_State *L, st_request *request)
{
    lua_getfield(L, REQUEST, "headers");
    luaL_argcheck(L, lua_istable(L, -1), REQUEST, "headers");
    int list = lua_gettop(L);
    for (int i = 1; i <= (int)lua_rawlen(L, list); i++) {
        st_text name, value;
        lua_rawgeti(L, list, i);
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_rawgeti(L, list + 1, 1);
        lua_rawgeti(L, list + 1, 2);
        name.data = luaL_checklstring(L, list + 2, &name.length);
        value.data = luaL_checklstring(L, list + 3, &value.length);
        if (!st_headers_valid_name(name) || !st_headers_valid_value(value)) return false;
        st_headers_add(&request->headers, name, value);
        lua_settop(L, list);
    }
    lua_settop(L, list - 1);
    return true;
}

/* core.verbatim{ method, url, headers = {{name, value}, ...}, body, timeout = seconds, max_body =
   bytes, now } -> call | nil, why it can't be sent. */
static int verbatim(lua_State *L)
{
    luaL_checktype(L, REQUEST, LUA_TTABLE);
    lua_settop(L, REQUEST);
    double max_body = number_field(L, "max_body");
    luaL_argcheck(L, max_body >= 0 && max_body <= 1LL << 40, REQUEST, "max_body out of range");
    st_lua_call *self = st_new_call(L, (size_t)max_body);
    st_request *request = &self->call.request;
    st_text method = text_field(L, "method");
    st_text url = text_field(L, "url"), body = text_field(L, "body");
    st_call_limits limits = { .timeout = number_field(L, "timeout"), .deadline = -1 };
    luaL_argcheck(L, st_method_named(method.data, &request->method), REQUEST,
                  "method must be GET, POST or DELETE");
    st_buffer_append(&request->url, url.data, url.length);
    st_buffer_append(&request->body.head, body.data, body.length);
    if (!add_headers(L, request)) {
        lua_pushnil(L);
        lua_pushliteral(L, "a header has a name or a value that can't be sent");
        return 2;
    }
    enum st_buffer_state state = st_request_state(request);
    if (state == ST_BUFFER_NO_MEMORY) return luaL_error(L, "not enough memory");
    if (state != ST_BUFFER_OK) {
        lua_pushnil(L);
        lua_pushliteral(L, "the request is too large to be sent");
        return 2;
    }
    if (!st_call_begin(&self->call, number_field(L, "now"), &limits))
        return luaL_error(L, "not enough memory");
    return 1;
}

void st_open_verbatim(lua_State *L)
{
    lua_pushcfunction(L, verbatim);
    lua_setfield(L, -2, "verbatim");
}
