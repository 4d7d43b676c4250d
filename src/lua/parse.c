/* parse.c - ring 2b: JSON text as plain as Stripe writes it, straight to Lua values. */
#include "parse.h"

#include <stdint.h>
#include <string.h>

enum {
    DEPTH = 64,  /* of nested values */
    DIGITS = 15, /* of a number: as many as a double keeps, whatever they are */
    STACK = 6    /* slots that one member or element needs */
};

typedef struct parser {
    lua_State *L;
    const char *at, *end;
    int lists; /* where on the stack the list of envelopes is */
    int depth;
    bool keep_null;
} parser;

static bool value(parser *p);

static void skip_space(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t'))
        p->at++;
}

static bool next_is(const parser *p, char c)
{
    return p->at < p->end && *p->at == c;
}

/* Steps over a character and the space around it. */
static bool take(parser *p, char c)
{
    skip_space(p);
    if (!next_is(p, c)) return false;
    p->at++;
    skip_space(p);
    return true;
}

/* Finds the text at hand, and steps over it. */
static bool text(parser *p, const char **start, size_t *length)
{
    if (!next_is(p, '"')) return false;
    const char *at = p->at + 1, *end = p->end;
    *start = at;
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') at++;
    if (at == end || *at != '"') return false;
    *length = (size_t)(at - *start);
    p->at = at + 1;
    return true;
}

static bool string(parser *p)
{
    const char *start;
    size_t length;
    if (!text(p, &start, &length)) return false;
    lua_pushlstring(p->L, start, length);
    return true;
}

/* Steps over digits, adding them to the number; returns how many. */
static int digits(parser *p, int64_t *number)
{
    const char *start = p->at;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9' && p->at - start <= DIGITS; p->at++)
        *number = *number * 10 + (*p->at - '0');
    return (int)(p->at - start);
}

/* The digits make an integer that a double holds, and so is the power of ten that they are
   divided by: the quotient is the double that is nearest to the number. */
static bool number(parser *p)
{
    static const double powers[] = { 1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                     1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14 };
    int64_t n = 0;
    int places = 0;
    bool negative = next_is(p, '-');
    if (negative) p->at++;
    const char *start = p->at;
    int whole = digits(p, &n);
    if (whole == 0 || whole > DIGITS || (*start == '0' && whole > 1)) return false;
    if (next_is(p, '.')) {
        p->at++;
        places = digits(p, &n);
        if (places == 0 || whole + places > DIGITS) return false;
    }
    if (next_is(p, 'e') || next_is(p, 'E') || (negative && n == 0)) return false;
    if (negative) n = -n;
    double quotient = (double)n / powers[places];
    if (quotient == (double)(int64_t)quotient) lua_pushinteger(p->L, (lua_Integer)quotient);
    else lua_pushnumber(p->L, quotient);
    return true;
}

static bool word(parser *p, const char *name, size_t length)
{
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, name, length) != 0) return false;
    p->at += length;
    return true;
}

static bool array(parser *p)
{
    lua_State *L = p->L;
    int base = lua_gettop(L) + 1, n = 0;
    if (!take(p, '[')) return false;
    if (!next_is(p, ']')) {
        do {
            if (!lua_checkstack(L, STACK) || !value(p)) return false;
            n++;
        } while (take(p, ','));
    }
    if (!take(p, ']')) return false;
    lua_createtable(L, n, 0);
    lua_insert(L, base);
    for (; n > 0; n--) lua_rawseti(L, base, n);
    return true;
}

/* Pushes the name and the value of a member, if it is to stay. */
static bool member(parser *p, bool *envelope)
{
    const char *name;
    size_t length;
    if (!text(p, &name, &length)) return false;
    if (!take(p, ':')) return false;
    if (!p->keep_null && word(p, "null", 4)) return true;
    if (length == 6 && memcmp(name, "object", 6) == 0)
        *envelope = p->end - p->at > 6 && memcmp(p->at, "\"list\"", 6) == 0;
    lua_pushlstring(p->L, name, length);
    return value(p);
}

static bool object(parser *p)
{
    lua_State *L = p->L;
    int base = lua_gettop(L) + 1;
    bool envelope = false;
    if (!take(p, '{')) return false;
    if (!next_is(p, '}')) {
        do {
            if (!lua_checkstack(L, STACK) || !member(p, &envelope)) return false;
        } while (take(p, ','));
    }
    if (!take(p, '}')) return false;
    int top = lua_gettop(L);
    lua_createtable(L, 0, (top + 1 - base) / 2);
    for (int i = base; i < top; i += 2) { /* in their order: the last of two of one name counts */
        lua_pushvalue(L, i);
        lua_pushvalue(L, i + 1);
        lua_rawset(L, -3);
    }
    lua_insert(L, base);
    lua_settop(L, base);
    if (envelope) {
        lua_pushvalue(L, base);
        lua_rawseti(L, p->lists, (int)lua_rawlen(L, p->lists) + 1);
    }
    return true;
}

static bool any(parser *p)
{
    if (p->at == p->end) return false;
    switch (*p->at) {
    case '{': return object(p);
    case '[': return array(p);
    case '"': return string(p);
    case 't': lua_pushboolean(p->L, 1); return word(p, "true", 4);
    case 'f': lua_pushboolean(p->L, 0); return word(p, "false", 5);
    case 'n': lua_pushlightuserdata(p->L, NULL); return word(p, "null", 4);
    default: return number(p);
    }
}

static bool value(parser *p)
{
    if (p->depth == DEPTH) return false;
    p->depth++;
    bool plain = any(p);
    p->depth--;
    return plain;
}

/* An envelope is known when it ends: the inner ones came first. */
static void reverse(lua_State *L, int list)
{
    for (int i = 1, j = (int)lua_rawlen(L, list); i < j; i++, j--) {
        lua_rawgeti(L, list, i);
        lua_rawgeti(L, list, j);
        lua_rawseti(L, list, i);
        lua_rawseti(L, list, j);
    }
}

bool st_parse(lua_State *L, const char *text, size_t length, bool keep_null)
{
    int top = lua_gettop(L);
    parser p = {
        .L = L, .at = text, .end = text + length, .lists = top + 1, .keep_null = keep_null,
    };
    luaL_checkstack(L, 2 * STACK, "JSON");
    lua_newtable(L);
    skip_space(&p);
    bool plain = value(&p);
    skip_space(&p);
    if (!plain || p.at < p.end) {
        lua_settop(L, top);
        return false;
    }
    reverse(L, p.lists);
    lua_insert(L, -2);
    return true;
}
