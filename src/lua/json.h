/*
 * json.h - ring 2b: Lua values as JSON.
 *
 * A writer, which is a userdata, owns the buffers, so that an error in mid-walk leaks nothing.
 * core.json and core.render each keep theirs in upvalue 1 from call to call, and take it out
 * while they work: a finalizer that calls them meanwhile gets a fresh one. The walks see tables
 * raw, without metamethods.
 */
#ifndef ST_LUA_JSON_H
#define ST_LUA_JSON_H

#include "binding.h"

#include "../core/json.h"

#pragma GCC visibility push(hidden)

typedef struct st_writer {
    lua_State *L;   /* of the call that runs now */
    int self;       /* where on its stack the writer is */
    st_buffer text; /* the JSON so far */
    st_buffer keys; /* scratch: the sorted keys of the maps being walked, a stack */
    st_json json;
} st_writer;

/* Where a walk is, as a chain on the C stack: a name, or (name NULL) an index in a list. */
typedef struct st_place {
    const struct st_place *up; /* NULL: the value itself */
    const char *name;
    size_t index;
    int depth;
} st_place;

/* Pushes the writer of upvalue 1, or a new one: empty, bound to L. */
st_writer *st_writer_start(lua_State *L);

/* Puts the writer back and pushes the finished text: the one result of the calling function. */
int st_writer_finish(st_writer *w);

/* Throws "path: message", path being the place ("data.object.metadata"). */
int st_writer_refuse(st_writer *w, const st_place *at, const char *message);

/* The place below up; refuses what is too deep, makes room on Lua's stack. */
st_place st_writer_enter(st_writer *w, const st_place *up, const char *name, size_t index);

/* Writes the text of n bytes as a key; refuses what is not UTF-8. */
void st_writer_key(st_writer *w, const st_place *at, const char *text, size_t n);

/* Writes the Lua value at absolute index i by its own type. */
void st_writer_value(st_writer *w, const st_place *at, int i);

/* Writes the members of the table at absolute index i, keys sorted by bytes, each value by the
   function given (its absolute index on top of the stack, which it leaves there). */
typedef void st_writer_member(st_writer *w, const st_place *at, int i, const void *context);
void st_writer_map(st_writer *w, const st_place *at, int i, st_writer_member *member,
                   const void *context);

/* Writes the list at absolute index i, each element by the function given; refuses other keys
   than 1..n. */
void st_writer_list(st_writer *w, const st_place *at, int i, st_writer_member *member,
                    const void *context);

/* core.render, with the writer as upvalue 1. */
int st_render(lua_State *L);

#pragma GCC visibility pop

#endif
