/*
 * decimal.c - ring 2b: stripe.decimal, exact numbers as immutable userdata.
 *
 * An operand is a decimal, text such as "12.50", an integer, or a float of at most 15 significant
 * digits. new returns nil and a message for what is none of these, since it reads other people's
 * data; arithmetic throws, since its operands are the program's own.
 */
#include "decimal.h"

#include "binding.h"

#include <string.h>

#define CLASS "stripe.decimal"

/* In the order of enum st_rounding. */
static const char *const modes[] = {
    "half_even", "half_up", "half_down", "up", "down", "ceiling", "floor", NULL
};

static const char *describe(enum st_decimal_error error)
{
    switch (error) {
    case ST_DECIMAL_SYNTAX: return "not a decimal such as \"-12.50\"";
    case ST_DECIMAL_OVERFLOW: return "more than 128 digits";
    case ST_DECIMAL_INEXACT: return "a float of more than 15 significant digits, use text";
    case ST_DECIMAL_NOT_FINITE: return "no finite number";
    case ST_DECIMAL_ZERO_DIVISION: return "division by zero";
    case ST_DECIMAL_OK: break;
    }
    return "";
}

const st_decimal *st_todecimal(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i)) return NULL;
    luaL_getmetatable(L, CLASS);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? lua_touserdata(L, i) : NULL;
}

enum st_decimal_error st_decimal_from_number(lua_State *L, int i, st_decimal *out)
{
    static const lua_Number exact = 9007199254740992.0; /* 2^53: integers up to it are exact */
    lua_Number n = lua_tonumber(L, i);
    if (st_isinteger(L, i)) {
        st_decimal_from_integer(out, (long long)lua_tointeger(L, i));
        return ST_DECIMAL_OK;
    }
    if (n >= -exact && n <= exact && n == (lua_Number)(long long)n) {
        st_decimal_from_integer(out, (long long)n);
        return ST_DECIMAL_OK;
    }
    return st_decimal_from_double(out, n);
}

/* Reads what is at index i; throws when it is of a type that no decimal is made of. */
static enum st_decimal_error read(lua_State *L, int i, st_decimal *out)
{
    size_t n;
    const char *text;
    const st_decimal *decimal;
    switch (lua_type(L, i)) {
    case LUA_TNUMBER: return st_decimal_from_number(L, i, out);
    case LUA_TSTRING:
        text = lua_tolstring(L, i, &n);
        return st_decimal_parse(out, text, n);
    default: break;
    }
    decimal = st_todecimal(L, i);
    if (!decimal) {
        lua_pushfstring(L, "decimal, text or number expected, got %s", luaL_typename(L, i));
        luaL_argerror(L, i, lua_tostring(L, -1));
    } else {
        *out = *decimal;
    }
    return ST_DECIMAL_OK;
}

static st_decimal operand(lua_State *L, int i)
{
    st_decimal d;
    enum st_decimal_error error = read(L, i, &d);
    if (error != ST_DECIMAL_OK) luaL_argerror(L, i, describe(error));
    return d;
}

static int push(lua_State *L, const st_decimal *d)
{
    st_decimal *copy = lua_newuserdata(L, sizeof *copy);
    *copy = *d;
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    return 1;
}

static int push_result(lua_State *L, enum st_decimal_error error, const st_decimal *d)
{
    if (error != ST_DECIMAL_OK) return luaL_error(L, "%s", describe(error));
    return push(L, d);
}

static int check_places(lua_State *L, int i, int least)
{
    lua_Number n = luaL_checknumber(L, i);
    luaL_argcheck(L, n >= least && n <= ST_DECIMAL_DIGITS && n == (lua_Number)(int)n, i,
                  "a whole number of places expected, 128 at most");
    return (int)n;
}

/* new(x) -> decimal | nil, message */
static int new(lua_State *L)
{
    st_decimal d;
    luaL_checkany(L, 1);
    enum st_decimal_error error = read(L, 1, &d);
    if (error == ST_DECIMAL_OK) return push(L, &d);
    lua_pushnil(L);
    lua_pushstring(L, describe(error));
    return 2;
}

static int is_decimal(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, st_todecimal(L, 1) != NULL);
    return 1;
}

static int add(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    return push_result(L, st_decimal_add(&a, &a, &b), &a);
}

static int subtract(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    return push_result(L, st_decimal_subtract(&a, &a, &b), &a);
}

static int multiply(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    return push_result(L, st_decimal_multiply(&a, &a, &b), &a);
}

/* div(a, b, places, mode) */
static int divide(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    int places = check_places(L, 3, 0);
    enum st_rounding mode = (enum st_rounding)luaL_checkoption(L, 4, NULL, modes);
    return push_result(L, st_decimal_divide(&a, &a, &b, places, mode), &a);
}

/* round(d, mode, places); places 0 when absent, negative for tens and hundreds */
static int round_to(lua_State *L)
{
    st_decimal d = operand(L, 1);
    enum st_rounding mode = (enum st_rounding)luaL_checkoption(L, 2, NULL, modes);
    int places = lua_isnoneornil(L, 3) ? 0 : check_places(L, 3, -ST_DECIMAL_DIGITS);
    return push_result(L, st_decimal_round(&d, &d, mode, places), &d);
}

static int negate(lua_State *L)
{
    st_decimal d = operand(L, 1);
    st_decimal_negate(&d, &d);
    return push(L, &d);
}

static int absolute(lua_State *L)
{
    st_decimal d = operand(L, 1);
    d.negative = false;
    return push(L, &d);
}

/* cmp(a, b) -> -1, 0, 1 */
static int compare(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    lua_pushinteger(L, st_decimal_compare(&a, &b));
    return 1;
}

static int sign(lua_State *L)
{
    st_decimal d = operand(L, 1);
    lua_pushinteger(L, st_decimal_sign(&d));
    return 1;
}

static int is_zero(lua_State *L)
{
    st_decimal d = operand(L, 1);
    lua_pushboolean(L, st_decimal_sign(&d) == 0);
    return 1;
}

static int text(lua_State *L)
{
    st_decimal d = operand(L, 1);
    char digits[ST_DECIMAL_TEXT];
    lua_pushlstring(L, digits, st_decimal_text(&d, digits));
    return 1;
}

/* Whether this Lua's numbers hold n exactly: before 5.3 they are doubles. */
static bool lua_holds(long long n)
{
#if LUA_VERSION_NUM >= 503
    return (long long)(lua_Integer)n == n;
#else
    return n >= -(1LL << 53) && n <= 1LL << 53;
#endif
}

/* to_integer(d) -> integer | nil, message */
static int to_integer(lua_State *L)
{
    st_decimal d = operand(L, 1);
    long long n;
    if (!st_decimal_integer(&d, &n) || !lua_holds(n)) {
        lua_pushnil(L);
        lua_pushliteral(L, "not a whole number, or too large for one of Lua's");
        return 2;
    }
    st_pushwhole(L, n);
    return 1;
}

static int equal(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    lua_pushboolean(L, st_decimal_compare(&a, &b) == 0);
    return 1;
}

static int less(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    lua_pushboolean(L, st_decimal_compare(&a, &b) < 0);
    return 1;
}

static int less_or_equal(lua_State *L)
{
    st_decimal a = operand(L, 1), b = operand(L, 2);
    lua_pushboolean(L, st_decimal_compare(&a, &b) <= 0);
    return 1;
}

static const luaL_Reg methods[] = {
    { "add", add },         { "sub", subtract },        { "mul", multiply },
    { "div", divide },      { "cmp", compare },         { "round", round_to },
    { "abs", absolute },    { "neg", negate },          { "sign", sign },
    { "is_zero", is_zero }, { "to_integer", to_integer }, { "tostring", text },
    { NULL, NULL }
};

static const luaL_Reg metamethods[] = {
    { "__add", add },   { "__sub", subtract }, { "__mul", multiply },     { "__unm", negate },
    { "__eq", equal },  { "__lt", less },      { "__le", less_or_equal }, { "__tostring", text },
    { NULL, NULL }
};

void st_open_decimal(lua_State *L)
{
    st_newclass(L, CLASS, methods);
    st_setfuncs(L, metamethods);
    lua_pop(L, 1);
    lua_newtable(L);
    st_setfuncs(L, methods);
    lua_pushcfunction(L, new);
    lua_setfield(L, -2, "new");
    lua_pushcfunction(L, is_decimal);
    lua_setfield(L, -2, "is_decimal");
    lua_setfield(L, -2, "decimal");
}
