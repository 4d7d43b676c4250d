/* decode.c - ring 2b: JSON text to Lua values, by lua-cjson. */
#include "decode.h"

#include "../core/squeeze.h"

#include <string.h>

enum { DEPTH = 128, STACK = 8 };

/* Calls decoder.name(value), if that setting exists in this release; the value is on top of the
   stack and goes. */
static void set(lua_State *L, const char *name)
{
    lua_getfield(L, -2, name);
    if (lua_isfunction(L, -1)) {
        lua_insert(L, -2);
        lua_call(L, 1, 0);
    } else {
        lua_pop(L, 2);
    }
}

void st_decode_new(lua_State *L)
{
    lua_getglobal(L, "require");
    lua_pushliteral(L, "cjson.safe");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "new");
    lua_call(L, 0, 1); /* an instance of its own: nobody's settings are ours, nor ours theirs */
    lua_remove(L, -2);
    lua_pushinteger(L, DEPTH);
    set(L, "decode_max_depth");
    lua_pushboolean(L, 0);
    set(L, "decode_invalid_numbers");
    lua_pushboolean(L, 0);
    set(L, "encode_keep_buffer");
    lua_getfield(L, -1, "decode");
    lua_remove(L, -2);
}

/* When the number on top of the stack is a whole float, replaces it by the integer; says whether
   it did. Beyond 2^53 a float may already be another number than the one in the text. */
static bool make_integer(lua_State *L)
{
#if LUA_VERSION_NUM >= 503
    const lua_Number limit = 9007199254740992.0;
    if (lua_isinteger(L, -1)) return false;
    lua_Number n = lua_tonumber(L, -1);
    if (!(n >= -limit && n <= limit) || n != (lua_Number)(lua_Integer)n) return false;
    lua_pop(L, 1);
    lua_pushinteger(L, (lua_Integer)n);
    return true;
#else
    (void)L;
    return false;
#endif
}

/* A value under tidying: where on the stack are what it needs. */
typedef struct tidying {
    lua_State *L;
    int word, lists; /* "object"; the list of lists, nil while there is none */
    bool keep_null;
} tidying;

/* Adds the table on top of the stack to the lists if it is a list envelope. */
static void collect(const tidying *t)
{
    lua_State *L = t->L;
    size_t length = 0;
    lua_pushvalue(L, t->word);
    lua_rawget(L, -2);
    const char *object = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    bool found = length == 4 && memcmp(object, "list", 4) == 0;
    lua_pop(L, 1);
    if (!found) return;
    if (lua_isnil(L, t->lists)) {
        lua_newtable(L);
        lua_replace(L, t->lists);
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, t->lists, (int)lua_rawlen(L, t->lists) + 1);
}

/* Tidies the table on top of the stack. Its keys exist already, so it may be changed while it is
   walked; the depth is bounded by the decoder's. */
static void walk(const tidying *t)
{
    lua_State *L = t->L;
    luaL_checkstack(L, STACK, "JSON too deep");
    collect(t);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        bool changed = false;
        switch (lua_type(L, -1)) {
        case LUA_TTABLE: walk(t); break;
        case LUA_TNUMBER: changed = make_integer(L); break;
        case LUA_TLIGHTUSERDATA: /* null, the only one */
            changed = !t->keep_null && lua_type(L, -2) == LUA_TSTRING;
            if (!changed) break;
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        if (changed) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, -4);
        } else {
            lua_pop(L, 1);
        }
    }
}

/* Replaces the value on top of the stack by the tidy value and its lists, or nil. */
static void tidy(lua_State *L, bool keep_null)
{
    lua_pushnil(L);
    lua_insert(L, -2);
    int value = lua_gettop(L);
    if (lua_istable(L, value)) {
        tidying t = { .L = L, .word = value + 1, .lists = value - 1, .keep_null = keep_null };
        lua_pushliteral(L, "object");
        lua_pushvalue(L, value);
        walk(&t);
        lua_settop(L, value);
    } else if (lua_type(L, value) == LUA_TNUMBER) {
        make_integer(L);
    }
    lua_insert(L, -2);
}

/* What cjson would let pass; NULL: nothing. */
static const char *refusal(const char *text, size_t length)
{
    if (memchr(text, 0, length)) return "the JSON text holds a NUL byte"; /* where it would stop */
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        return "the JSON text starts with a byte order mark";
    return NULL;
}

/* Replaces the text on top of the stack by its value as the decoder gives it, or by a message:
   false. */
static bool decode_plain(lua_State *L, int decoder)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length), *refused = refusal(text, length);
    if (refused) {
        lua_pop(L, 1);
        lua_pushstring(L, refused);
        return false;
    }
    lua_pushvalue(L, decoder);
    lua_insert(L, -2);
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) {
        lua_remove(L, -2);
        return false;
    }
    lua_pop(L, 1);
    return true;
}

bool st_decode_top(lua_State *L, int decoder, bool keep_null)
{
    if (!decode_plain(L, decoder)) return false;
    tidy(L, keep_null);
    return true;
}

bool st_decode(lua_State *L, int decoder, const char *text, size_t length, bool keep_null)
{
    lua_pushlstring(L, text, length);
    return st_decode_top(L, decoder, keep_null);
}

/* Whether a walk would find nothing to change, and no list. */
static bool is_tidy(const char *text, size_t length)
{
#if LUA_VERSION_NUM >= 503
    (void)text, (void)length;
    return false; /* numbers are made integers */
#else
    static const char list[] = "\"list\"";
    return !memmem(text, length, list, sizeof list - 1) && !memchr(text, '\\', length);
#endif
}

bool st_decode_squeezed(lua_State *L, int decoder, const char *text, size_t length)
{
    if (!is_tidy(text, length)) return st_decode(L, decoder, text, length, false);
    lua_pushlstring(L, text, length);
    if (!decode_plain(L, decoder)) return false;
    lua_pushnil(L);
    return true;
}

/* core.decode(text, keep_null) -> value, lists | nil, message. Upvalue 1 is the decoder. */
static int decode(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_settop(L, 2);
    lua_pushvalue(L, 1);
    if (st_decode_top(L, lua_upvalueindex(1), lua_toboolean(L, 2))) {
        if (!lua_isnil(L, -1)) return 2;
        lua_pop(L, 1);
        lua_newtable(L);
        return 2;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

/* core.squeeze(text) -> shorter text, whether to its end: see st_squeeze. */
static int squeeze(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    char *copy = lua_newuserdata(L, length + 1);
    memcpy(copy, text, length);
    bool whole = st_squeeze(copy, &length);
    lua_pushlstring(L, copy, length);
    lua_pushboolean(L, whole);
    return 2;
}

void st_open_decode(lua_State *L)
{
    st_decode_new(L);
    lua_pushcclosure(L, decode, 1);
    lua_setfield(L, -2, "decode");
    lua_pushcfunction(L, squeeze);
    lua_setfield(L, -2, "squeeze");
}
