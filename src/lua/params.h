/*
 * params.h - ring 2b: Lua tables to parameters and ids, for those who send requests.
 */
#ifndef ST_LUA_PARAMS_H
#define ST_LUA_PARAMS_H

#include "binding.h"

#include "../core/check.h" /* enum st_validate */
#include "../core/problem.h"
#include "../core/source.h"

#pragma GCC visibility push(hidden)

/* Encodes the table at idx (nothing when nil) as the parameters of op (NULL: any names) into
   body: urlencoded text into its head, or multipart text with the uploaded file between head and
   tail for an operation that uploads; boundary is used there only. Returns 0, or pushes a problem
   table and returns -1. *needs_beta is set when a private preview parameter was written. body
   belongs to a userdata of the caller: this may throw. */
int st_params_encode(lua_State *L, int idx, const st_operation *op, enum st_validate validate,
                     const char *boundary, st_source *body, bool *needs_beta);

/* The same as a JSON object, for a path of the second version: any names, each value by its own
   type. */
int st_params_json(lua_State *L, int idx, st_source *body);

/* Appends the path with the ids of the list at idx (nil: none; a string: that one) filled in.
   Returns 0, or pushes a problem table and returns -1. out belongs to a userdata of the caller:
   this may throw. */
int st_params_path(lua_State *L, int idx, const char *path, st_buffer *out);

/* Checks the path (and query) at idx that a caller gave. As st_params_path. */
int st_params_raw_path(lua_State *L, int idx, st_buffer *out);

/* Add core.path, core.read to the table on top of the stack. */
void st_open_path(lua_State *L);
void st_open_read(lua_State *L);

/* Pushes a userdata of size bytes, all zero, which gc cleans up: it owns what C acquires while Lua
   may throw. Its class is named for error messages. */
void *st_push_owned(lua_State *L, const char *class, size_t size, lua_CFunction gc);

/* The operation whose index is at i; NULL when there is none there; throws for another value. */
const st_operation *st_check_operation(lua_State *L, int i);

/* Pushes { kind, param, message, suggestion, values, names, limit, expected, value }. */
void st_push_problem(lua_State *L, const st_problem *problem);

#pragma GCC visibility pop

#endif
