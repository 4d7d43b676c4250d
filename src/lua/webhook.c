/* webhook.c - ring 2b: signatures of webhooks, and what to find a mismatch out with. */
#include "params.h"

#include "../core/layout.h"
#include "../core/signature.h"

#include <openssl/crypto.h>
#include <stdbool.h>
#include <time.h>

#define CLASS "stripe.signer"
#define LAYOUT_CLASS "stripe.layout"

enum { LAYOUT_MORE = 4096 }; /* bytes that a text may grow by, beyond four times its length */

/* The signer of this state, upvalue 1 of each function here. */
static st_signer *signer_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static int collect(lua_State *L)
{
    st_signer_free(lua_touserdata(L, 1));
    return 0;
}

/* Signs with the secret on top of the stack. */
static void sign(lua_State *L, const char *time_text, size_t time_length, const char *body,
                 size_t body_length, unsigned char out[ST_SIGNATURE_SIZE])
{
    size_t n = 0;
    const char *secret = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
    if (!secret || n == 0) luaL_error(L, "a secret must be a string that is not empty");
    if (!st_signer_sign(signer_of(L), secret, n, time_text, time_length, body, body_length, out))
        luaL_error(L, "libcrypto cannot make an HMAC-SHA256");
}

/* The position of the secret that made one of the signatures: that at index i, or one of the list
   there; 0: none did. */
static int find_secret(lua_State *L, int i, const st_signature *s, const char *body, size_t n)
{
    unsigned char value[ST_SIGNATURE_SIZE];
    bool list = lua_istable(L, i), found = false;
    int at = 0, count = list ? (int)lua_rawlen(L, i) : 1;
    while (!found && at < count) {
        at++;
        if (list) lua_rawgeti(L, i, at);
        else lua_pushvalue(L, i);
        sign(L, s->time_text, s->time_length, body, n, value);
        lua_pop(L, 1);
        found = st_signature_holds(s, value);
    }
    OPENSSL_cleanse(value, sizeof value);
    return found ? at : 0;
}

/* Seconds that are allowed; false at index i: any, here below 0. */
static double seconds_at(lua_State *L, int i)
{
    if (lua_isboolean(L, i) && !lua_toboolean(L, i)) return -1;
    double seconds = luaL_checknumber(L, i);
    luaL_argcheck(L, seconds >= 0, i, "seconds from 0, or false");
    return seconds;
}

/* Unix seconds; nil or nothing at index i: those of this moment. */
static long long time_at(lua_State *L, int i)
{
    if (lua_isnoneornil(L, i)) return (long long)time(NULL);
    double seconds = luaL_checknumber(L, i);
    luaL_argcheck(L, seconds > -1e15 && seconds < 1e15, i, "Unix seconds");
    return (long long)seconds;
}

/* webhook_verify(body, header, secret or list, tolerance or false, future or false, now or nil)
   -> time, which secret, age | nil, fault, time or nil, age or nil. Seconds, Unix time. */
static int verify(lua_State *L)
{
    st_signature s;
    size_t length, n;
    const char *body = luaL_checklstring(L, 1, &n);
    const char *header = luaL_checklstring(L, 2, &length);
    double tolerance = seconds_at(L, 4), future = seconds_at(L, 5);
    long long now = time_at(L, 6);
    int secret = 0;
    st_signature_fault fault = st_signature_read(&s, header, length);
    bool readable = fault == ST_SIGNATURE_FINE;
    long long age = now - s.time;
    if (readable) {
        secret = find_secret(L, 3, &s, body, n);
        fault = secret ? st_signature_judge_age(age, tolerance, future) : ST_SIGNATURE_MISMATCH;
    }
    if (fault != ST_SIGNATURE_FINE) {
        lua_pushnil(L);
        lua_pushstring(L, st_signature_fault_name(fault));
        if (!readable) return 2;
    }
    st_pushwhole(L, s.time);
    if (fault == ST_SIGNATURE_FINE) lua_pushinteger(L, secret);
    st_pushwhole(L, age);
    return fault == ST_SIGNATURE_FINE ? 3 : 4;
}

/* webhook_sign(body, secret, time as text) -> 64 hex digits */
static int sign_body(lua_State *L)
{
    unsigned char value[ST_SIGNATURE_SIZE];
    size_t n, time_length;
    const char *body = luaL_checklstring(L, 1, &n);
    luaL_checktype(L, 2, LUA_TSTRING);
    const char *time_text = luaL_checklstring(L, 3, &time_length);
    lua_settop(L, 3);
    lua_pushvalue(L, 2);
    sign(L, time_text, time_length, body, n, value);
    st_push_hex(L, value, sizeof value);
    return 1;
}

static int collect_layout(lua_State *L)
{
    st_buffer_free(lua_touserdata(L, 1));
    return 0;
}

/* webhook_layout(JSON text, "compact", "spaced" or "indented") -> text | nil: it can't be JSON */
static int layout(lua_State *L)
{
    static const char *const styles[] = { "compact", "spaced", "indented", NULL };
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    int style = luaL_checkoption(L, 2, NULL, styles);
    st_buffer *out = st_push_owned(L, LAYOUT_CLASS, sizeof *out, collect_layout);
    st_buffer_init(out, 4 * n + LAYOUT_MORE);
    bool good = st_layout(out, text, n, (st_layout_style)style);
    if (good) lua_pushlstring(L, out->data ? out->data : "", out->length);
    else lua_pushnil(L);
    st_buffer_free(out);
    return 1;
}

void st_open_webhook(lua_State *L)
{
    st_push_owned(L, CLASS, sizeof(st_signer), collect);
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, verify, 1);
    lua_setfield(L, -3, "webhook_verify");
    lua_pushcclosure(L, sign_body, 1);
    lua_setfield(L, -2, "webhook_sign");
    lua_pushcfunction(L, layout);
    lua_setfield(L, -2, "webhook_layout");
}
