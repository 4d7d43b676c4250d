/*
 * profile.h - ring 2b: what the calls of a client have in common.
 *
 * Read anew for a call with options of its own; core.profile makes one to keep for all others,
 * with their headers ready.
 */
#ifndef ST_LUA_PROFILE_H
#define ST_LUA_PROFILE_H

#include "options.h"

#include "../core/call.h"
#include "../core/check.h" /* enum st_validate */

#pragma GCC visibility push(hidden)

typedef struct st_profile {
    st_request_settings request; /* beta and boundary, which are a call's own, excepted */
    st_text api_key, base_url, files_url;
    enum st_validate validate;
    st_call_limits limits; /* the seed is that of the first call */
    size_t max_body;       /* bytes; of an answer kept in memory */
    bool keep_null;        /* Lua is to see the nulls of answers */
    st_headers headers;    /* st_request_common's, owned; empty: to be made for each call */
    st_headers key;        /* st_request_authorize's, owned; empty: as above */
} st_profile;

/* Reads the tables at ST_OPTIONS and ST_DEFAULTS, which own the texts. Allocates nothing. */
void st_profile_read(lua_State *L, st_profile *p);

/* The profile at index i; their metatable is that upvalue. */
st_profile *st_check_profile(lua_State *L, int i, int upvalue);

/* Pushes the metatable of profiles, and adds core.profile to the table under it. */
void st_open_profile(lua_State *L);

#pragma GCC visibility pop

#endif
