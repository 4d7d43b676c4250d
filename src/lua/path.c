/* path.c - ring 2b: Lua values to the path of a request. */
#include "params.h"

#include "../core/path.h"

#define PROBLEM_CLASS "stripe.core.problem"
#define PATH_CLASS "stripe.core.path"

enum { PATH_CAP = 1 << 16 };

static int free_problem(lua_State *L)
{
    st_problem_free(lua_touserdata(L, 1));
    return 0;
}

/* Ends with the stack as it was, or with the problem on top of it. The problem's userdata is on
   top of what was there. */
static int end_path(lua_State *L, bool ok, st_problem *problem, int top)
{
    if (!ok) {
        if (problem->kind == ST_PROBLEM_NONE || problem->message.state == ST_BUFFER_NO_MEMORY)
            luaL_error(L, "not enough memory");
        st_push_problem(L, problem);
        lua_replace(L, top + 1);
    }
    st_problem_free(problem);
    lua_settop(L, ok ? top : top + 1);
    return ok ? 0 : -1;
}

enum { IDS = 4 }; /* no path has more */

/* Whether all is well. If not, it is done again with a problem that Lua owns. */
static bool fill(st_buffer *out, const char *path, const st_id *ids)
{
    st_problem problem;
    size_t before = out->length;
    st_problem_init(&problem);
    bool ok = st_path_fill(out, path, ids, IDS, &problem);
    st_problem_free(&problem);
    if (!ok) st_buffer_truncate(out, before);
    return ok;
}

int st_params_path(lua_State *L, int idx, const char *path, st_buffer *out)
{
    int top = lua_gettop(L);
    st_id ids[IDS] = { { NULL, 0 } };
    idx = st_absindex(L, idx);
    if (lua_type(L, idx) == LUA_TSTRING) ids[0].text = lua_tolstring(L, idx, &ids[0].length);
    luaL_checkstack(L, IDS + 4, "ids");
    for (int i = 0; i < IDS && lua_istable(L, idx); i++) {
        lua_rawgeti(L, idx, i + 1); /* stays on the stack, so that its text stays */
        if (lua_type(L, -1) == LUA_TSTRING) ids[i].text = lua_tolstring(L, -1, &ids[i].length);
    }
    if (fill(out, path, ids)) {
        lua_settop(L, top);
        return 0;
    }
    st_problem *problem = st_push_owned(L, PROBLEM_CLASS, sizeof *problem, free_problem);
    lua_insert(L, top + 1);
    st_problem_init(problem);
    return end_path(L, st_path_fill(out, path, ids, IDS, problem), problem, top);
}

int st_params_raw_path(lua_State *L, int idx, st_buffer *out)
{
    int top = lua_gettop(L);
    size_t length = 0;
    const char *path = lua_type(L, idx) == LUA_TSTRING ? lua_tolstring(L, idx, &length) : "";
    st_problem *problem = st_push_owned(L, PROBLEM_CLASS, sizeof *problem, free_problem);
    st_problem_init(problem);
    bool ok = st_path_check(path, length, problem);
    if (ok) st_buffer_append(out, path, length);
    return end_path(L, ok, problem, top);
}

static int free_path(lua_State *L)
{
    st_buffer_free(lua_touserdata(L, 1));
    return 0;
}

/* core.path(op, ids) or core.path(nil, path) -> path | nil, problem */
static int path(lua_State *L)
{
    lua_settop(L, 2);
    const st_operation *op = st_check_operation(L, 1);
    st_buffer *out = st_push_owned(L, PATH_CLASS, sizeof *out, free_path);
    st_buffer_init(out, PATH_CAP);
    int failed = op ? st_params_path(L, 2, op->path, out) : st_params_raw_path(L, 2, out);
    if (failed) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushlstring(L, out->data ? out->data : "", out->length);
    st_buffer_free(out);
    return 1;
}

void st_open_path(lua_State *L)
{
    lua_pushcfunction(L, path);
    lua_setfield(L, -2, "path");
}
