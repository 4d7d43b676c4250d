/* json.c - ring 2b: plain Lua values as JSON. */
#include "json.h"

#include "decimal.h"

#include <stdlib.h> /* qsort */
#include <string.h>

#define CLASS "stripe.writer"

enum {
    TEXT_MAX = 256 << 20,
    KEYS_MAX = 64 << 20,
    KEEP_MAX = 1 << 20, /* a larger buffer is not kept for the next call */
    DEPTH_MAX = 100,
    DEPTH_SHOWN = 4 /* of a place that is too deep */
};

/* A key of a map being walked. The bytes belong to Lua; a table on its stack holds the key. */
typedef struct key {
    const char *text;
    size_t length;
    int index; /* in that table */
} key;

static int collect(lua_State *L)
{
    st_writer *w = lua_touserdata(L, 1);
    st_buffer_free(&w->text);
    st_buffer_free(&w->keys);
    return 0;
}

st_writer *st_writer_start(lua_State *L)
{
    st_writer *w = lua_touserdata(L, lua_upvalueindex(1));
    if (w) {
        lua_pushvalue(L, lua_upvalueindex(1));
        lua_pushnil(L);
        lua_replace(L, lua_upvalueindex(1));
    } else {
        w = lua_newuserdata(L, sizeof *w);
        memset(w, 0, sizeof *w);
        st_buffer_init(&w->text, TEXT_MAX);
        st_buffer_init(&w->keys, KEYS_MAX);
        luaL_getmetatable(L, CLASS);
        lua_setmetatable(L, -2);
    }
    w->L = L;
    w->self = lua_gettop(L);
    st_buffer_reset(&w->text);
    st_buffer_reset(&w->keys);
    st_json_init(&w->json, &w->text);
    return w;
}

int st_writer_finish(st_writer *w)
{
    lua_State *L = w->L;
    if (w->json.state != ST_JSON_OK)
        return luaL_error(L, w->text.state == ST_BUFFER_FULL ? "the JSON text is too large"
                                                             : "not enough memory");
    lua_pushlstring(L, w->text.data, w->text.length);
    if (w->text.capacity > KEEP_MAX) st_buffer_free(&w->text);
    if (w->keys.capacity > KEEP_MAX) st_buffer_free(&w->keys);
    lua_pushvalue(L, w->self);
    lua_replace(L, lua_upvalueindex(1));
    return 1;
}

/* Pushes the path of a place: one string. */
static void push_path(lua_State *L, const st_place *at)
{
    if (!at->up) {
        lua_pushliteral(L, "");
        return;
    }
    push_path(L, at->up);
    if (!at->name) lua_pushfstring(L, "[%d]", (int)at->index);
    else if (at->up->up) lua_pushfstring(L, ".%s", at->name);
    else lua_pushstring(L, at->name);
    lua_concat(L, 2);
}

int st_writer_refuse(st_writer *w, const st_place *at, const char *message)
{
    luaL_checkstack(w->L, at->depth + 4, NULL);
    if (!at->up) return luaL_error(w->L, "%s", message);
    push_path(w->L, at);
    return luaL_error(w->L, "%s: %s", lua_tostring(w->L, -1), message);
}

st_place st_writer_enter(st_writer *w, const st_place *up, const char *name, size_t index)
{
    st_place place = { up, name, index, up->depth + 1 };
    if (place.depth > DEPTH_MAX) {
        while (up->depth > DEPTH_SHOWN) up = up->up;
        st_writer_refuse(w, up, "nested too deeply, or holds itself");
    }
    luaL_checkstack(w->L, 12, "nested too deeply");
    return place;
}

static void write_text(st_writer *w, const st_place *at, const char *text, size_t n)
{
    st_json_string(&w->json, text, n);
    if (w->json.state == ST_JSON_NOT_UTF8) st_writer_refuse(w, at, "not valid UTF-8");
}

void st_writer_key(st_writer *w, const st_place *at, const char *text, size_t n)
{
    st_json_key(&w->json, text, n);
    if (w->json.state == ST_JSON_NOT_UTF8) st_writer_refuse(w, at, "a key is not valid UTF-8");
}

static int by_bytes(const void *one, const void *other)
{
    const key *a = one, *b = other;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    if (order != 0) return order;
    return a->length < b->length ? -1 : a->length > b->length;
}

/* Pushes a table that holds the keys and adds them, sorted, to the scratch: their count. */
static int collect_keys(st_writer *w, const st_place *at, int i)
{
    lua_State *L = w->L;
    size_t base = w->keys.length;
    int count = 0;
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, i); ) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            st_writer_refuse(w, at, "a map with a key that is not a string has no JSON form");
        key k = { .index = ++count };
        k.text = lua_tolstring(L, -1, &k.length);
        if (!st_buffer_append(&w->keys, &k, sizeof k)) luaL_error(L, "not enough memory");
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, count);
    }
    if (count > 1) qsort(w->keys.data + base, (size_t)count, sizeof(key), by_bytes);
    return count;
}

void st_writer_map(st_writer *w, const st_place *at, int i, st_writer_member *member,
                   const void *context)
{
    lua_State *L = w->L;
    size_t base = w->keys.length;
    st_json_begin_object(&w->json);
    int count = collect_keys(w, at, i), keys = lua_gettop(L);
    for (int n = 0; n < count; n++) {
        key k; /* a copy: the scratch moves when it grows */
        memcpy(&k, w->keys.data + base + (size_t)n * sizeof k, sizeof k);
        lua_rawgeti(L, keys, k.index);
        lua_rawget(L, i);
        st_place place = st_writer_enter(w, at, k.text, 0);
        st_writer_key(w, at, k.text, k.length);
        member(w, &place, keys + 1, context);
        lua_settop(L, keys);
    }
    st_buffer_truncate(&w->keys, base);
    lua_pop(L, 1);
    st_json_end_object(&w->json);
}

/* Whether the table's keys are exactly 1..n. */
static bool is_list(lua_State *L, int i, size_t n)
{
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, i); ) {
        lua_pop(L, 1);
        lua_Number k = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
        if (k < 1 || k > (lua_Number)n || k != (lua_Number)(size_t)k) {
            lua_pop(L, 1);
            return false;
        }
        count++;
    }
    return count == n;
}

void st_writer_list(st_writer *w, const st_place *at, int i, st_writer_member *member,
                    const void *context)
{
    lua_State *L = w->L;
    size_t n = lua_rawlen(L, i);
    if (!is_list(L, i, n)) st_writer_refuse(w, at, "a list has the keys 1 to n and no other");
    st_json_begin_array(&w->json);
    int top = lua_gettop(L);
    for (size_t k = 1; k <= n; k++) {
        lua_rawgeti(L, i, (int)k);
        st_place place = st_writer_enter(w, at, NULL, k);
        member(w, &place, top + 1, context);
        lua_settop(L, top);
    }
    st_json_end_array(&w->json);
}

static void plain_member(st_writer *w, const st_place *at, int i, const void *context)
{
    (void)context;
    st_writer_value(w, at, i);
}

static void table(st_writer *w, const st_place *at, int i)
{
    int top = lua_gettop(w->L);
    lua_pushnil(w->L);
    bool list = lua_next(w->L, i) && lua_type(w->L, -2) == LUA_TNUMBER;
    lua_settop(w->L, top);
    if (list) st_writer_list(w, at, i, plain_member, NULL);
    else st_writer_map(w, at, i, plain_member, NULL);
}

static void number(st_writer *w, const st_place *at, int i)
{
    if (st_isinteger(w->L, i)) st_json_integer(&w->json, (long long)lua_tointeger(w->L, i));
    else st_json_number(&w->json, lua_tonumber(w->L, i));
    if (w->json.state == ST_JSON_NOT_FINITE)
        st_writer_refuse(w, at, "an infinity or NaN has no JSON form");
}

void st_writer_value(st_writer *w, const st_place *at, int i)
{
    lua_State *L = w->L;
    size_t n;
    const char *text;
    const st_decimal *decimal;
    switch (lua_type(L, i)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, i, &n);
        write_text(w, at, text, n);
        return;
    case LUA_TNUMBER: number(w, at, i); return;
    case LUA_TBOOLEAN: st_json_boolean(&w->json, lua_toboolean(L, i)); return;
    case LUA_TTABLE: table(w, at, i); return;
    default: break;
    }
    if (st_isnull(L, i)) {
        st_json_null(&w->json);
    } else if (st_isemptyarray(L, i)) {
        st_json_begin_array(&w->json);
        st_json_end_array(&w->json);
    } else if ((decimal = st_todecimal(L, i)) != NULL) {
        char digits[ST_DECIMAL_TEXT];
        st_json_string(&w->json, digits, st_decimal_text(decimal, digits));
    } else {
        lua_pushfstring(L, "a %s has no JSON form", luaL_typename(L, i));
        st_writer_refuse(w, at, lua_tostring(L, -1));
    }
}

/* json(value) -> text; throws for what JSON has no form for */
static int json(lua_State *L)
{
    st_place root = { NULL, NULL, 0, 0 };
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    st_writer *w = st_writer_start(L);
    st_writer_value(w, &root, 1);
    return st_writer_finish(w);
}

void st_open_json(lua_State *L)
{
    st_newclass(L, CLASS, NULL);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_pushcclosure(L, json, 1);
    lua_setfield(L, -2, "json");
    lua_pushnil(L);
    lua_pushcclosure(L, st_render, 1);
    lua_setfield(L, -2, "render");
}
