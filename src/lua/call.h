/*
 * call.h - ring 2b: a call as Lua holds it, shared by the files that make it (call.c), carry it
 * to a transport and back (exchange.c) and read what came of it (result.c).
 */
#ifndef ST_LUA_CALL_H
#define ST_LUA_CALL_H

#include "binding.h"

#include "../core/call.h"

#pragma GCC visibility push(hidden)

/* A userdata, which owns the call. */
typedef struct st_lua_call {
    st_call call;
    const st_operation *operation; /* NULL: a path of the caller's own */
    int handle;                    /* of the operation; 0: none */
    bool headers_left;             /* the answer's headers are its user value, not yet read */
    struct st_transfer *transfer;  /* stripe.engine's, while it sends the call; else NULL */
    struct st_job *job;            /* the same, while its thread sends the call */
    void (*abandon)(struct st_lua_call *self); /* with a job: makes the thread let go of the call */
} st_lua_call;

/* The call at argument 1 of a method. */
st_lua_call *st_checkcall(lua_State *L);

/* Pushes a call with an empty request, whose answer may have so many bytes. */
st_lua_call *st_new_call(lua_State *L, size_t max_body);

/* Takes the answer at index 3, checked already, as what ends the call at index 1: pushes its JSON
   object and the object's lists, and leaves the headers, a list of {name, value}, for later. False
   when it is no such answer, with nothing done. */
bool st_take_answer(lua_State *L, st_lua_call *self, double now, bool keep_null);

/* Reads the headers left by that, if they were; the call is at index 1. */
void st_read_headers(lua_State *L, st_lua_call *self);

/* Methods; each finds the decoder as upvalue 1, and the metatable of calls as upvalue 2. The lists
   end with {NULL, NULL}. */
extern const luaL_Reg st_exchange_methods[];
extern const luaL_Reg st_result_methods[];

/* Pushes a list of headers: {name, value} each, and list["any-Name"] gives the first value. */
void st_push_headers(lua_State *L, const st_headers *headers);

/* Makes the metatable of such lists. */
void st_headers_class(lua_State *L);

/* Pushes the error.code of the body of the answer at hand, or nil; returns it, or NULL. */
const char *st_push_error_code(lua_State *L, st_lua_call *self);

#pragma GCC visibility pop

#endif
