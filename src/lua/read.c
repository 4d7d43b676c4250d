/* read.c - ring 2b: core.read, text of a request to a table of typed parameters. */
#include "params.h"

#include "../core/read.h"
#include "../core/typing.h"

#include <string.h>

/* What a read holds while Lua may throw. */
typedef struct reading {
    st_check check;
    st_tree tree;
} reading;

static int free_reading(lua_State *L)
{
    reading *r = lua_touserdata(L, 1);
    st_check_free(&r->check);
    st_tree_free(&r->tree);
    return 0;
}

static void set_run(lua_State *L, const char *name, st_run run)
{
    lua_pushlstring(L, run.bytes ? run.bytes : "", run.length);
    lua_setfield(L, -2, name);
}

static void push_node(lua_State *L, const st_node *node);

static void push_list(lua_State *L, const st_node *node)
{
    int i = 0;
    lua_createtable(L, node->count, 0);
    for (const st_node *n = node->first; n; n = n->next) {
        push_node(L, n);
        lua_rawseti(L, -2, ++i);
    }
}

static void push_map(lua_State *L, const st_node *node)
{
    lua_createtable(L, 0, node->count);
    for (const st_node *n = node->first; n; n = n->next) {
        lua_pushlstring(L, n->key.bytes, n->key.length);
        push_node(L, n);
        lua_rawset(L, -3);
    }
}

static void push_node(lua_State *L, const st_node *node)
{
    luaL_checkstack(L, 4, "parameters");
    switch (node->kind) {
    case ST_NODE_LIST: push_list(L, node); break;
    case ST_NODE_MAP: push_map(L, node); break;
    case ST_NODE_NULL: lua_pushlightuserdata(L, NULL); break;
    case ST_NODE_BOOLEAN: lua_pushboolean(L, node->integer != 0); break;
    case ST_NODE_INTEGER: lua_pushinteger(L, (lua_Integer)node->integer); break;
    case ST_NODE_FILE:
        lua_createtable(L, 0, 3);
        set_run(L, "content", node->text);
        set_run(L, "filename", node->filename);
        set_run(L, "type", node->type);
        break;
    default: lua_pushlstring(L, node->text.bytes, node->text.length);
    }
}

/* core.read(op, text, content_type) -> params | nil, problem */
static int read_params(lua_State *L)
{
    size_t n;
    const st_operation *op = st_check_operation(L, 1);
    const char *text = luaL_checklstring(L, 2, &n);
    const char *content_type = luaL_optstring(L, 3, NULL);
    lua_settop(L, 3);
    reading *r = st_push_owned(L, "stripe.core.reading", sizeof *r, free_reading);
    st_check_init(&r->check, ST_VALIDATE_ON, true);
    bool ok = st_tree_init(&r->tree, n) == ST_TREE_OK &&
              st_read(&r->tree, text, n, content_type, &r->check) &&
              st_typing(&r->tree, op, &r->check);
    if (st_check_no_memory(&r->check) || (!ok && r->check.problem.kind == ST_PROBLEM_NONE))
        return luaL_error(L, "not enough memory");
    if (ok) push_node(L, &r->tree.root);
    else lua_pushnil(L);
    if (!ok) st_push_problem(L, &r->check.problem);
    st_check_free(&r->check);
    st_tree_free(&r->tree);
    return ok ? 1 : 2;
}

void st_open_read(lua_State *L)
{
    lua_pushcfunction(L, read_params);
    lua_setfield(L, -2, "read");
}
