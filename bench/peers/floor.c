/*
 * floor.c - bench: the least that a client in Lua can be: libcurl, bound to Lua with nothing to
 * spare, and the walk that makes integers of the whole floats that lua-cjson gives.
 */
#include "peer.h"

#include <lauxlib.h>
#include <lua.h>

#define CLASS "floor"

typedef struct handle {
    CURL *easy;
    struct curl_slist *headers;
    char *data; /* the body of the answer */
    size_t length, capacity;
} handle;

int luaopen_floor(lua_State *L);

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    handle *h = data;
    size_t all = size * n;
    if (h->capacity - h->length < all) {
        size_t capacity = (h->length + all) * 2;
        char *grown = realloc(h->data, capacity);
        if (!grown) return 0;
        h->data = grown;
        h->capacity = capacity;
    }
    memcpy(h->data + h->length, bytes, all);
    h->length += all;
    return all;
}

/* floor.new(version, headers, ca) -> handle */
static int new(lua_State *L)
{
    handle *h = lua_newuserdata(L, sizeof *h);
    memset(h, 0, sizeof *h);
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    h->easy = curl_easy_init();
    h->headers = peer_headers(luaL_checkstring(L, 2));
    peer_reach(h->easy, luaL_checkstring(L, 1), luaL_checkstring(L, 3));
    curl_easy_setopt(h->easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
    curl_easy_setopt(h->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(h->easy, CURLOPT_WRITEDATA, h);
    return 1;
}

static int collect(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, CLASS);
    curl_easy_cleanup(h->easy);
    curl_slist_free_all(h->headers);
    free(h->data);
    memset(h, 0, sizeof *h);
    return 0;
}

/* handle:get(url) -> status, body */
static int get(lua_State *L)
{
    handle *h = luaL_checkudata(L, 1, CLASS);
    long status = 0;
    h->length = 0;
    curl_easy_setopt(h->easy, CURLOPT_URL, luaL_checkstring(L, 2));
    CURLcode code = curl_easy_perform(h->easy);
    if (code != CURLE_OK) return luaL_error(L, "%s", curl_easy_strerror(code));
    curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
    lua_pushinteger(L, status);
    lua_pushlstring(L, h->data, h->length);
    return 2;
}

/* Makes integers of the whole floats in the table on top of the stack. */
static void integers(lua_State *L)
{
    luaL_checkstack(L, 4, "too deep");
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_istable(L, -1)) integers(L);
#if LUA_VERSION_NUM >= 503
        if (lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
            lua_Number n = lua_tonumber(L, -1);
            if (n >= -9007199254740992.0 && n <= 9007199254740992.0 &&
                n == (lua_Number)(lua_Integer)n) {
                lua_pushvalue(L, -2);
                lua_pushinteger(L, (lua_Integer)n);
                lua_rawset(L, -5);
            }
        }
#endif
        lua_pop(L, 1);
    }
}

/* floor.walk(value) -> value */
static int walk(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_istable(L, 1)) integers(L);
    return 1;
}

/* floor.clocks() -> seconds on the wall, seconds of CPU */
static int clocks(lua_State *L)
{
    lua_pushnumber(L, peer_clock(CLOCK_MONOTONIC));
    lua_pushnumber(L, peer_clock(CLOCK_PROCESS_CPUTIME_ID));
    return 2;
}

__attribute__((visibility("default"))) int luaopen_floor(lua_State *L)
{
    static const luaL_Reg functions[] = { { "new", new }, { "walk", walk }, { "clocks", clocks },
                                          { NULL, NULL } };
    luaL_newmetatable(L, CLASS);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, get);
    lua_setfield(L, -2, "get");
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_newtable(L);
    for (const luaL_Reg *f = functions; f->name; f++) {
        lua_pushcfunction(L, f->func);
        lua_setfield(L, -2, f->name);
    }
    return 1;
}
