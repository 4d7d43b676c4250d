/* profile.c - ring 2b: what the calls of a client have in common. */
#include "profile.h"

#include "system.h"

#include <string.h>

#define CLASS "stripe.profile"
#define DEFAULT_MAX_BODY (64 << 20) /* bytes */
#define MOST_MAX_BODY (1LL << 40)

static enum st_validate validate_option(lua_State *L)
{
    enum st_validate validate = ST_VALIDATE_ON;
    if (st_option(L, "validate") == LUA_TNIL && lua_isboolean(L, -1)) validate = ST_VALIDATE_OFF;
    if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "strict") == 0)
        validate = ST_VALIDATE_STRICT;
    lua_pop(L, 1);
    return validate;
}

static void read_limits(lua_State *L, st_call_limits *limits)
{
    double retries = st_number_option(L, "max_retries", 0);
    limits->timeout = st_number_option(L, "timeout", 0);
    limits->deadline = st_number_option(L, "deadline", -1);
    limits->retry_rate_limit = st_flag_option(L, "retry_rate_limit");
    limits->max_retries =
        retries > ST_MAX_RETRIES ? ST_MAX_RETRIES : retries > 0 ? (int)retries : 0;
}

void st_profile_read(lua_State *L, st_profile *p)
{
    double max_body = st_number_option(L, "max_body", DEFAULT_MAX_BODY);
    luaL_argcheck(L, max_body >= 0 && max_body <= MOST_MAX_BODY, ST_OPTIONS,
                  "max_body out of range");
    *p = (st_profile){
        .request = {
            .user_agent = st_text_option(L, "user_agent"),
            .api_version = st_text_option(L, "api_version"),
            .account = st_text_option(L, "account"),
            .context = st_text_option(L, "context"),
            .oauth_token = st_text_option(L, "oauth_token"),
        },
        .api_key = st_text_option(L, "api_key"),
        .base_url = st_text_option(L, "base_url"),
        .files_url = st_text_option(L, "files_url"),
        .validate = validate_option(L),
        .max_body = (size_t)max_body,
        .keep_null = st_flag_option(L, "null"),
    };
    read_limits(L, &p->limits);
}

st_profile *st_check_profile(lua_State *L, int i, int upvalue)
{
    return st_checkclass(L, i, upvalue, CLASS);
}

static int collect(lua_State *L)
{
    st_profile *p = luaL_checkudata(L, 1, CLASS);
    st_headers_free(&p->headers);
    st_headers_free(&p->key);
    return 0;
}

/* The texts belong to the settings, which the profile keeps. */
static void keep(lua_State *L, int settings)
{
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, settings);
    lua_rawseti(L, -2, 1);
    st_setuservalue(L, -2);
}

/* Makes the headers; when a setting can't be sent, or memory is short, each call finds out. */
static void make_headers(st_profile *p)
{
    st_headers_init(&p->headers, ST_REQUEST_HEADERS_CAP);
    st_headers_init(&p->key, ST_REQUEST_HEADERS_CAP);
    const char *refused = st_request_common(&p->headers, &p->request);
    if (refused || p->headers.text.state != ST_BUFFER_OK) st_headers_free(&p->headers);
    if (!p->api_key.data) return;
    bool fits = st_request_authorize(&p->key, p->api_key);
    if (!fits || p->key.text.state != ST_BUFFER_OK) st_headers_free(&p->key);
}

/* core.profile(settings) -> profile, for core.plain_call. The settings must not change. */
static int profile(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_newtable(L); /* no defaults */
    st_profile *p = lua_newuserdata(L, sizeof *p);
    memset(p, 0, sizeof *p);
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    st_profile_read(L, p);
    keep(L, ST_OPTIONS);
    if (st_system_random(&p->limits.seed, sizeof p->limits.seed) != 0)
        luaL_error(L, "the system gives no random bytes");
    make_headers(p);
    return 1;
}

void st_open_profile(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };
    lua_pushcfunction(L, profile);
    lua_setfield(L, -2, "profile");
    st_newclass(L, CLASS, none);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
}
