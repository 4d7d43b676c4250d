/*
 * binding.h - ring 2b: what the files of the binding share.
 *
 * Each file opens its part of stripe.core: st_open_x adds functions to the table on top of the
 * stack, leaves the stack as it was, and keeps no static state.
 */
#ifndef ST_LUA_BINDING_H
#define ST_LUA_BINDING_H

#include "compat.h"

#include "../api/catalogue.h"

#pragma GCC visibility push(hidden)

void st_open_catalogue(lua_State *L); /* catalogue, operations, names, api_version */
void st_open_route(lua_State *L);     /* route, asked */
void st_open_params(lua_State *L);    /* encode, path, read, empty_array */
void st_open_call(lua_State *L);      /* call, plain_call, profile, classify, on_lost */
void st_open_verbatim(lua_State *L);  /* verbatim */
void st_open_decode(lua_State *L);    /* decode, squeeze */
void st_open_json(lua_State *L);      /* json, render */
void st_open_redact(lua_State *L);    /* redact, redact_form, redact_object */
void st_open_decimal(lua_State *L);   /* decimal */
void st_open_sequence(lua_State *L);  /* draw, drawn */
void st_open_webhook(lua_State *L);   /* webhook_verify, webhook_sign, webhook_layout */
void st_open_system(lua_State *L);    /* now, time, sleep, uuid, random, sha256 */
void st_open_file(lua_State *L);      /* replace_file, private_file */
void st_open_signals(lua_State *L);   /* hold_signals, held_signal */
void st_open_wallet(lua_State *L);    /* wallet */

/* The operation at index i of core.operations(), and its resource; NULL when there is none. */
const st_operation *st_operation_at(int i, const st_resource **resource);

/* Whether the value at index i is JSON's null (cjson.null, ngx.null: the NULL light userdata). */
static inline int st_isnull(lua_State *L, int i)
{
    return lua_type(L, i) == LUA_TLIGHTUSERDATA && !lua_touserdata(L, i);
}

/* Pushes bytes, 64 of them at most, as hex digits. */
static inline void st_push_hex(lua_State *L, const unsigned char *bytes, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    char text[128];
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = hex[bytes[i] >> 4];
        text[2 * i + 1] = hex[bytes[i] & 15];
    }
    lua_pushlstring(L, text, 2 * n);
}

/* Whether the value at index i is core.empty_array. */
int st_isemptyarray(lua_State *L, int i);

#pragma GCC visibility pop

#endif
