/* options.c - ring 2b: what core.call is asked for. */
#include "options.h"

int st_option(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, ST_OPTIONS);
    int type = lua_type(L, -1);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        lua_rawget(L, ST_DEFAULTS);
        type = lua_type(L, -1);
    } else {
        lua_remove(L, -2);
    }
    return type == LUA_TBOOLEAN && !lua_toboolean(L, -1) ? LUA_TNIL : type;
}

st_text st_text_option(lua_State *L, const char *name)
{
    st_text text = { NULL, 0 };
    int type = st_option(L, name);
    if (type == LUA_TSTRING)
        text.data = lua_tolstring(L, -1, &text.length);
    else if (type != LUA_TNIL)
        luaL_error(L, "call: option %s must be a string", name);
    lua_pop(L, 1);
    return text;
}

double st_number_option(lua_State *L, const char *name, double otherwise)
{
    double number = otherwise;
    int type = st_option(L, name);
    if (type == LUA_TNUMBER)
        number = lua_tonumber(L, -1);
    else if (type != LUA_TNIL)
        luaL_error(L, "call: option %s must be a number", name);
    lua_pop(L, 1);
    return number;
}

bool st_flag_option(lua_State *L, const char *name)
{
    bool flag = st_option(L, name) != LUA_TNIL;
    lua_pop(L, 1);
    return flag;
}
