/* sequence.c - ring 2b: core.draw and core.drawn, for the simulator's ids. */
#include "binding.h"

#include "../core/sequence.h"

#include <string.h>

enum { TEXT_MAX = 512 };

/* The state, at arguments 1 and 2. */
static st_sequence check_state(lua_State *L)
{
    st_sequence s = { luaL_checkinteger(L, 1), luaL_checkinteger(L, 2) };
    luaL_argcheck(L, s.a > 0 && s.a < ST_SEQUENCE_A, 1, "out of range");
    luaL_argcheck(L, s.b > 0 && s.b < ST_SEQUENCE_B, 2, "out of range");
    return s;
}

/* Pushes the state after the result: three values in all. */
static int push_state(lua_State *L, const st_sequence *s)
{
    lua_pushinteger(L, (lua_Integer)s->a);
    lua_pushinteger(L, (lua_Integer)s->b);
    return 3;
}

/* core.draw(a, b) -> the next number of the sequence, and a and b for the one after it */
static int draw(lua_State *L)
{
    st_sequence s = check_state(L);
    lua_pushinteger(L, (lua_Integer)st_sequence_next(&s));
    return push_state(L, &s);
}

/* core.drawn(a, b, prefix, alphabet, n) -> the prefix and n characters of the alphabet; a, b */
static int drawn(lua_State *L)
{
    char text[TEXT_MAX];
    st_sequence s = check_state(L);
    size_t length, letters;
    const char *prefix = luaL_checklstring(L, 3, &length);
    const char *alphabet = luaL_checklstring(L, 4, &letters);
    lua_Integer n = luaL_checkinteger(L, 5);
    luaL_argcheck(L, length <= TEXT_MAX, 3, "too long");
    luaL_argcheck(L, letters > 0 && letters <= 128 && strlen(alphabet) == letters, 4,
                  "1 to 128 characters expected");
    luaL_argcheck(L, n >= 0 && n <= (lua_Integer)(TEXT_MAX - length), 5, "out of range");
    memcpy(text, prefix, length);
    st_sequence_text(&s, alphabet, text + length, (size_t)n);
    lua_pushlstring(L, text, length + (size_t)n);
    return push_state(L, &s);
}

void st_open_sequence(lua_State *L)
{
    static const luaL_Reg functions[] = { { "draw", draw }, { "drawn", drawn }, { NULL, NULL } };
    st_setfuncs(L, functions);
}
