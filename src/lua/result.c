/* result.c - ring 2b: what came of a call. */
#include "call.h"

#include "../core/route.h"
#include "decode.h"

#include <string.h>

static int nothing(lua_State *L)
{
    lua_pushnil(L);
    return 1;
}

static void push_text(lua_State *L, const char *text)
{
    if (text) lua_pushstring(L, text);
    else lua_pushnil(L);
}

/* The call at argument 1, the headers of its answer read. */
static const st_call *answered(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    st_read_headers(L, self);
    return &self->call;
}

static const char *answer_header(const st_call *c, const char *name)
{
    return st_headers_find(&c->headers, name);
}

/* Whether a success is not JSON to decode: a file's bytes, or written elsewhere. */
static bool raw(const st_lua_call *self)
{
    if (self->call.sink.kind != ST_SINK_BUFFER) return true;
    return self->operation && (self->operation->flags & ST_RETURNS_BINARY);
}

/* Why a body can be no JSON object; NULL: it may be one. */
static const char *no_object(const char *bytes, size_t length)
{
    size_t space = 0;
    while (space < length && strchr(" \t\r\n", bytes[space])) space++;
    if (space == length) return "the body is empty";
    return bytes[space] == '{' ? NULL : "the body is no JSON object";
}

/* Pushes the decoded body and its lists when it is a JSON object: true; else a message: false. */
static bool push_object(lua_State *L, const st_lua_call *self, bool keep_null)
{
    const st_buffer *body = &self->call.sink.buffer;
    const char *bytes = body->data ? body->data : "", *why = no_object(bytes, body->length);
    if (why) {
        lua_pushstring(L, why);
        return false;
    }
    if (self->call.squeezed && !keep_null)
        return st_decode_squeezed(L, lua_upvalueindex(1), bytes, body->length);
    return st_decode(L, lua_upvalueindex(1), bytes, body->length, keep_null);
}

const char *st_push_error_code(lua_State *L, st_lua_call *self)
{
    if (self->call.status < 400 || !push_object(L, self, false)) return NULL;
    lua_getfield(L, -2, "error");
    if (!lua_istable(L, -1)) return NULL;
    lua_getfield(L, -1, "code");
    return lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
}

/* call:ok(): whether Stripe did it: a 2xx, and what it answered with is a JSON object (or was not
   to be JSON). A member "error" in it says nothing: some objects have one. */
static int ok(lua_State *L)
{
    const st_lua_call *self = st_checkcall(L);
    bool good = st_call_succeeded(&self->call);
    lua_pushboolean(L, good && (raw(self) || push_object(L, self, false)));
    return 1;
}

/* call:object(keep_null) -> value, lists | nil, message: the answer's JSON object, fresh. */
static int object(lua_State *L)
{
    const st_lua_call *self = st_checkcall(L);
    if (!push_object(L, self, lua_toboolean(L, 2))) {
        lua_pushnil(L);
        lua_insert(L, -2);
    }
    return 2;
}

/* call:take(keep_null) -> value, lists: what a call that is ok() answered with, of which the call
   then keeps no more than its answer's headers; nil when it is not ok. */
static int take(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    if (!st_call_succeeded(&self->call) || !push_object(L, self, lua_toboolean(L, 2)))
        return nothing(L);
    st_call_shed(&self->call);
    return 2;
}

/* Pushes the headers, the value and the lists of the answer at index 3, or nothing: false. */
static bool push_answer(lua_State *L, const st_lua_call *self, bool keep_null)
{
    size_t length;
    int top = lua_gettop(L);
    lua_getfield(L, 3, "headers");
    lua_getfield(L, 3, "body");
    if (lua_istable(L, -2) && lua_rawlen(L, -2) > 0 && lua_type(L, -1) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, -1, &length);
        if (length <= self->call.sink.buffer.cap && !no_object(text, length) &&
            st_decode_top(L, lua_upvalueindex(1), keep_null))
            return true;
    }
    lua_settop(L, top);
    return false;
}

bool st_take_answer(lua_State *L, st_lua_call *self, double now, bool keep_null)
{
    if (raw(self) || !lua_istable(L, 3)) return false;
    lua_getfield(L, 3, "status");
    lua_Number status = lua_tonumber(L, -1);
    lua_pop(L, 1);
    if (!(status >= 200 && status < 300) || !push_answer(L, self, keep_null)) return false;
    if (!st_call_status(&self->call, now, (int)status)) {
        lua_pop(L, 3);
        return false;
    }
    st_call_answered(&self->call, now, NULL);
    lua_pushvalue(L, -3);
    st_setuservalue(L, 1);
    self->headers_left = true;
    st_call_shed(&self->call);
    return true;
}

/* call:error_body(keep_null) -> the decoded body of an answer that is no success, or nil when it
   is no JSON object. */
static int error_body(lua_State *L)
{
    const st_lua_call *self = st_checkcall(L);
    if (!self->call.status || !push_object(L, self, lua_toboolean(L, 2))) return nothing(L);
    lua_pop(L, 1);
    return 1;
}

/* call:body() -> the bytes of the answer; nil when there was none or they went elsewhere. */
static int body(lua_State *L)
{
    const st_call *c = &st_checkcall(L)->call;
    const st_sink *s = &c->sink;
    if (!c->status || (s->on_target && s->kind != ST_SINK_BUFFER)) return nothing(L);
    lua_pushlstring(L, s->buffer.data ? s->buffer.data : "", s->buffer.length);
    return 1;
}

/* call:chunk() -> the next bytes of a success for the sink "chunks", or nil when none wait. */
static int chunk(lua_State *L)
{
    st_sink *s = &st_checkcall(L)->call.sink;
    if (s->kind != ST_SINK_CHUNKS || !s->on_target || s->buffer.length == 0) return nothing(L);
    lua_pushlstring(L, s->buffer.data, s->buffer.length);
    st_sink_take(s);
    return 1;
}

/* call:status() -> the status of the answer that ended the call; nil when none did. */
static int status(lua_State *L)
{
    const st_call *c = &st_checkcall(L)->call;
    if (!c->status) return nothing(L);
    lua_pushinteger(L, c->status);
    return 1;
}

static int headers(lua_State *L)
{
    st_push_headers(L, &answered(L)->headers);
    return 1;
}

/* call:request_id() -> of the last answer, or nil. */
static int request_id(lua_State *L)
{
    push_text(L, answer_header(answered(L), "Request-Id"));
    return 1;
}

static int idempotency_key(lua_State *L)
{
    push_text(L, st_headers_find(&st_checkcall(L)->call.request.headers, "Idempotency-Key"));
    return 1;
}

/* call:replayed(): whether Stripe gave the stored answer of an earlier request of the same key. */
static int replayed(lua_State *L)
{
    const char *value = answer_header(answered(L), "Idempotent-Replayed");
    lua_pushboolean(L, value && strcmp(value, "true") == 0);
    return 1;
}

/* call:peer() -> the address that the last attempt went to, or nil when the transport is not our
   own or no connection was made. */
static int peer(lua_State *L)
{
    const char *address = st_checkcall(L)->call.peer;
    push_text(L, *address ? address : NULL);
    return 1;
}

/* call:attempts() -> list of {n, status | failure, request_id, started, duration, slept}, times in
   seconds, started by the driver's clock. */
static int attempts(lua_State *L)
{
    const st_call *c = answered(L);
    lua_newtable(L);
    for (int i = 0; i < c->count; i++) {
        const st_attempt *a = &c->attempts[i];
        lua_newtable(L);
        lua_pushinteger(L, i + 1);
        lua_setfield(L, -2, "n");
        if (a->failure == ST_FAILURE_NONE) {
            lua_pushinteger(L, a->status);
            lua_setfield(L, -2, "status");
        } else {
            lua_pushstring(L, st_failure_name(a->failure));
            lua_setfield(L, -2, "failure");
        }
        push_text(L, st_call_request_id(c, i));
        lua_setfield(L, -2, "request_id");
        lua_pushnumber(L, a->started);
        lua_setfield(L, -2, "started");
        lua_pushnumber(L, a->duration);
        lua_setfield(L, -2, "duration");
        lua_pushnumber(L, a->slept);
        lua_setfield(L, -2, "slept");
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* call:sent() -> "no", "maybe" or "yes": whether the request may have reached Stripe. */
static int sent(lua_State *L)
{
    static const char *const names[] = { "no", "maybe", "yes" };
    const st_call *c = &st_checkcall(L)->call;
    bool begun = c->state == ST_CALL_SENDING && c->sent == ST_SENT_NO;
    lua_pushstring(L, names[begun ? ST_SENT_MAYBE : c->sent]);
    return 1;
}

/* call:problem() -> kind, message when no answer ended the call, else nil. */
static int problem(lua_State *L)
{
    const st_call *c = &st_checkcall(L)->call;
    if (c->failure == ST_FAILURE_NONE) return nothing(L);
    lua_pushstring(L, st_failure_name(c->failure));
    lua_pushlstring(L, c->message.data ? c->message.data : "", c->message.length);
    return 2;
}

/* call:retryable(): whether the same call with the same key may do better later. */
static int retryable(lua_State *L)
{
    lua_pushboolean(L, st_checkcall(L)->call.retryable);
    return 1;
}

static int operation(lua_State *L)
{
    const st_lua_call *self = st_checkcall(L);
    if (!self->handle) return nothing(L);
    lua_pushinteger(L, self->handle);
    return 1;
}

static int method(lua_State *L)
{
    lua_pushstring(L, st_method_name(st_checkcall(L)->call.request.method));
    return 1;
}

/* call:path() -> without its query. */
static int path(lua_State *L)
{
    st_text text = st_request_path(&st_checkcall(L)->call.request);
    lua_pushlstring(L, text.data, text.length);
    return 1;
}

const luaL_Reg st_result_methods[] = {
    { "ok", ok },
    { "object", object },
    { "take", take },
    { "error_body", error_body },
    { "body", body },
    { "chunk", chunk },
    { "status", status },
    { "headers", headers },
    { "request_id", request_id },
    { "idempotency_key", idempotency_key },
    { "replayed", replayed },
    { "peer", peer },
    { "attempts", attempts },
    { "sent", sent },
    { "problem", problem },
    { "retryable", retryable },
    { "operation", operation },
    { "method", method },
    { "path", path },
    { NULL, NULL }
};
