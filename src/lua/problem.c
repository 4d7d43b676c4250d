/* problem.c - ring 2b: a problem as a Lua table, and what owns C memory meanwhile. */
#include "params.h"

#include <string.h>

void *st_push_owned(lua_State *L, const char *class, size_t size, lua_CFunction gc)
{
    void *memory = lua_newuserdata(L, size);
    memset(memory, 0, size);
    if (luaL_newmetatable(L, class)) {
        lua_pushstring(L, class);
        lua_setfield(L, -2, "__name");
        lua_pushcfunction(L, gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return memory;
}

const st_operation *st_check_operation(lua_State *L, int i)
{
    if (lua_isnoneornil(L, i)) return NULL;
    const st_resource *resource;
    const st_operation *op = st_operation_at((int)luaL_checkinteger(L, i), &resource);
    if (!op) luaL_argerror(L, i, "no such operation");
    return op;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    if (!text) return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void set_buffer(lua_State *L, const char *name, const st_buffer *text)
{
    if (text->length == 0) return;
    lua_pushlstring(L, text->data, text->length);
    lua_setfield(L, -2, name);
}

/* names[1..n] from texts that each end with a NUL. */
static void set_names(lua_State *L, const st_buffer *names)
{
    if (names->length == 0) return;
    lua_newtable(L);
    int n = 0;
    for (size_t at = 0; at < names->length;) {
        const char *end = memchr(names->data + at, '\0', names->length - at);
        size_t length = end ? (size_t)(end - names->data) - at : names->length - at;
        lua_pushlstring(L, names->data + at, length);
        lua_rawseti(L, -2, ++n);
        at += length + 1;
    }
    lua_setfield(L, -2, "names");
}

void st_push_problem(lua_State *L, const st_problem *p)
{
    lua_createtable(L, 0, 6);
    set_text(L, "kind", st_problem_kind_name(p->kind));
    set_buffer(L, "param", &p->param);
    set_buffer(L, "message", &p->message);
    set_buffer(L, "value", &p->value);
    set_names(L, &p->names);
    set_text(L, "expected", p->expected);
    set_text(L, "suggestion", p->suggestion);
    if (p->limit != 0) {
        lua_pushinteger(L, (lua_Integer)p->limit);
        lua_setfield(L, -2, "limit");
    }
    if (!p->values) return;
    lua_newtable(L);
    for (int i = 0; p->values[i]; i++) {
        lua_pushstring(L, p->values[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "values");
}
