/* exchange.c - ring 2b: a call on its way to a transport and back. */
#include "call.h"

#include "../core/route.h"

#include <string.h>
#include <strings.h> /* strcasecmp */

#define HEADERS "stripe.headers"
enum { PIECE = 16384 }; /* bytes of an upload read at once */

/* headers[name], without regard to case. The list is the caller's to change: what is no pair in it
   is passed over. */
static int headers_index(lua_State *L)
{
    lua_settop(L, 2);
    if (!lua_istable(L, 1) || lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *wanted = lua_tostring(L, 2);
    for (int i = 1; i <= (int)lua_rawlen(L, 1); i++) {
        lua_settop(L, 2);
        lua_rawgeti(L, 1, i);
        if (!lua_istable(L, 3)) continue;
        lua_rawgeti(L, 3, 1);
        if (lua_type(L, 4) != LUA_TSTRING || strcasecmp(lua_tostring(L, 4), wanted) != 0) continue;
        lua_rawgeti(L, 3, 2);
        return 1;
    }
    return 0;
}

void st_headers_class(lua_State *L)
{
    luaL_newmetatable(L, HEADERS);
    lua_pushliteral(L, HEADERS);
    lua_setfield(L, -2, "__name");
    lua_pushcfunction(L, headers_index);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

void st_push_headers(lua_State *L, const st_headers *headers)
{
    st_header header;
    size_t position = 0;
    lua_newtable(L);
    for (int i = 1; st_headers_next(headers, &position, &header); i++) {
        lua_createtable(L, 2, 0);
        lua_pushstring(L, header.name);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, header.value);
        lua_rawseti(L, -2, 2);
        lua_rawseti(L, -2, i);
    }
    luaL_getmetatable(L, HEADERS);
    lua_setmetatable(L, -2);
}

/* call:next(now) -> "send" | "wait", seconds | "done" */
static int next(lua_State *L)
{
    st_call *c = &st_checkcall(L)->call;
    double seconds = 0;
    if (c->state == ST_CALL_SENDING)
        return luaL_error(L, "the call's request is under way: answer it, fail it or cancel it");
    switch (st_call_next(c, luaL_checknumber(L, 2), &seconds)) {
    case ST_SEND: lua_pushliteral(L, "send"); return 1;
    case ST_DONE: lua_pushliteral(L, "done"); return 1;
    default: break;
    }
    lua_pushliteral(L, "wait");
    lua_pushnumber(L, seconds);
    return 2;
}

/* The reader of an upload: the next bytes, nil at the end, nil and a message when the file can
   no longer be read. Upvalue 1 is the call. */
static int read_stream(lua_State *L)
{
    st_lua_call *self = lua_touserdata(L, lua_upvalueindex(1));
    char piece[PIECE];
    int64_t n = st_source_read(&self->call.request.body, piece, sizeof piece);
    if (n > 0) {
        lua_pushlstring(L, piece, (size_t)n);
        return 1;
    }
    lua_pushnil(L);
    if (n == 0) return 1;
    lua_pushliteral(L, "the file to upload cannot be read, or has become shorter");
    return 2;
}

static void push_stream(lua_State *L, st_call *c)
{
    lua_newtable(L);
    lua_pushinteger(L, (lua_Integer)st_source_length(&c->request.body));
    lua_setfield(L, -2, "content_length");
    lua_newtable(L);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, read_stream, 1);
    lua_setfield(L, -2, "__call");
    lua_pushliteral(L, "stripe.upload");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
}

/* call:request() -> what a transport gets: {method, url, headers, body, timeout, stream}. The
   request counts as under way from here. */
static int request(lua_State *L)
{
    st_call *c = &st_checkcall(L)->call;
    const st_request *r = &c->request;
    double timeout = st_call_sending(c);
    lua_newtable(L);
    lua_pushstring(L, st_method_name(r->method));
    lua_setfield(L, -2, "method");
    lua_pushlstring(L, r->url.data, r->url.length);
    lua_setfield(L, -2, "url");
    st_push_headers(L, &r->headers);
    lua_setfield(L, -2, "headers");
    if (timeout > 0) {
        lua_pushnumber(L, timeout);
        lua_setfield(L, -2, "timeout");
    }
    if (r->body.fd >= 0) {
        push_stream(L, c);
        lua_setfield(L, -2, "stream");
    } else {
        lua_pushlstring(L, r->body.head.data ? r->body.head.data : "", r->body.head.length);
        lua_setfield(L, -2, "body");
    }
    return 1;
}

/* The text at index i, NULL data when it is none. */
static st_text text_at(lua_State *L, int i)
{
    st_text text = { NULL, 0 };
    if (lua_isstring(L, i)) text.data = lua_tolstring(L, i, &text.length);
    return text;
}

/* Fails an attempt whose answer no transport may give. */
static void fail(st_call *c, double now, const char *message)
{
    st_text text = { message, strlen(message) };
    st_call_failed(c, now, ST_FAILURE_PROTOCOL, text, ST_SENT_YES, true);
}

/* Feeds the header whose name and value are on top of the stack. */
static bool feed_header(lua_State *L, st_call *c, double now)
{
    st_text name = text_at(L, -2), value = text_at(L, -1);
    if (name.data && value.data) return st_call_header(c, now, name, value);
    fail(c, now, "the answer has a header that is no text");
    return false;
}

/* Feeds what lua_next has put on top of the stack: an index and a pair {name, value}, or a name
   and its value or list of values. Leaves the stack as it was; works on copies, since turning
   the key itself into text would confuse lua_next. */
static bool feed_entry(lua_State *L, st_call *c, double now)
{
    int key = lua_gettop(L) - 1, value = key + 1;
    bool good = true, pair = lua_istable(L, value) && lua_type(L, key) == LUA_TNUMBER;
    int n = pair || !lua_istable(L, value) ? 1 : (int)lua_rawlen(L, value);
    for (int i = 1; good && i <= n; i++) {
        if (pair) lua_rawgeti(L, value, 1);
        else lua_pushvalue(L, key);
        if (lua_istable(L, value)) lua_rawgeti(L, value, pair ? 2 : i);
        else lua_pushvalue(L, value);
        good = feed_header(L, c, now);
        lua_settop(L, value);
    }
    return good;
}

/* Feeds the headers of the answer at argument 3: a list of pairs, or a map. */
static bool feed_headers(lua_State *L, st_call *c, double now)
{
    lua_getfield(L, 3, "headers");
    if (lua_istable(L, -1)) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            if (!feed_entry(L, c, now)) return false;
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    return true;
}

/* Feeds the answer at argument 3. */
static void feed_answer(lua_State *L, st_lua_call *self, double now)
{
    st_call *c = &self->call;
    if (!lua_istable(L, 3)) {
        fail(c, now, "the transport's answer is no table");
        return;
    }
    lua_getfield(L, 3, "status");
    double status = lua_tonumber(L, -1);
    if (!st_call_status(c, now, status >= 100 && status <= 999 ? (int)status : 0)) return;
    if (!feed_headers(L, c, now)) return;
    lua_getfield(L, 3, "body");
    st_text body = text_at(L, -1);
    if (!body.data && !lua_isnil(L, -1)) {
        fail(c, now, "the answer's body is no string");
        return;
    }
    if (st_call_body(c, now, body.data, body.length))
        st_call_answered(c, now, st_push_error_code(L, self));
}

/* call:answer(now, {status, headers, body}, keep_null) -> whether the call is done, and what
   call:take(keep_null) would return if keep_null is a boolean: then the answer is known to be well
   made, and is not to be changed any more; nothing more when that would be nil. What is wrong with
   an answer becomes a failure of the attempt, never an error: the request has been sent. */
static int answer(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    double now = luaL_checknumber(L, 2);
    lua_settop(L, 4);
    if (lua_isboolean(L, 4) && st_take_answer(L, self, now, lua_toboolean(L, 4))) {
        lua_pushboolean(L, 1);
        lua_insert(L, -3);
        return 3;
    }
    feed_answer(L, self, now);
    lua_pushboolean(L, self->call.state == ST_CALL_DONE);
    return 1;
}

void st_read_headers(lua_State *L, st_lua_call *self)
{
    st_headers *headers = &self->call.headers;
    if (!self->headers_left) return;
    int top = lua_gettop(L);
    st_getuservalue(L, 1);
    st_headers_reset(headers);
    for (int i = 1; i <= (int)lua_rawlen(L, top + 1); i++) {
        lua_rawgeti(L, top + 1, i);
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        st_text name = text_at(L, -2), value = text_at(L, -1);
        if (name.data && value.data) st_headers_add(headers, name, value);
        lua_settop(L, top + 1);
    }
    lua_settop(L, top);
    if (headers->text.state == ST_BUFFER_NO_MEMORY) luaL_error(L, "not enough memory");
    self->headers_left = false;
}

/* call:answered(now) -> whether the call is done: the answer is there, all of it; a transport has
   put it into the call. */
static int answered(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    double now = luaL_checknumber(L, 2);
    lua_settop(L, 2);
    st_call_answered(&self->call, now, st_push_error_code(L, self));
    lua_pushboolean(L, self->call.state == ST_CALL_DONE);
    return 1;
}

/* call:failure(now, kind, message, sent, retry): the attempt brought no answer. sent: "no",
   "maybe" or "yes", or nil for what the kind says; retry = false: it would fail so again. */
static int failure(lua_State *L)
{
    static const char *const sents[] = { "no", "maybe", "yes", NULL };
    st_call *c = &st_checkcall(L)->call;
    double now = luaL_checknumber(L, 2);
    const char *name = luaL_optstring(L, 3, "no kind given");
    enum st_failure kind = st_failure_named(name);
    bool hopeless = lua_type(L, 6) == LUA_TBOOLEAN && !lua_toboolean(L, 6);
    enum st_sent sent;
    if (kind == ST_FAILURE_NONE) { /* no kind of ours, so nothing follows from it */
        kind = ST_FAILURE_PROTOCOL;
        lua_pushfstring(L, "%s: %s", name, luaL_optstring(L, 4, ""));
        lua_replace(L, 4);
    }
    st_text message = text_at(L, 4);
    if (!lua_isnoneornil(L, 5))
        sent = luaL_checkoption(L, 5, NULL, sents);
    else
        sent = c->state == ST_CALL_SENDING ? st_failure_sent(kind) : ST_SENT_NO;
    st_call_failed(c, now, kind, message, sent, hopeless);
    return 0;
}

/* call:throttled(seconds): the driver waited so long for a limiter before this attempt. */
static int throttled(lua_State *L)
{
    st_call_throttled(&st_checkcall(L)->call, luaL_checknumber(L, 2));
    return 0;
}

/* call:cancel(now, reason): ends the call, whatever it is doing. */
static int cancel(lua_State *L)
{
    st_call *c = &st_checkcall(L)->call;
    st_text reason = text_at(L, 3);
    if (!reason.data) reason = (st_text){ "the call was canceled", 21 };
    st_call_cancel(c, luaL_checknumber(L, 2), reason);
    return 0;
}

/* call:seconds_left(now) -> seconds until the deadline, or nil. */
static int seconds_left(lua_State *L)
{
    const st_call *c = &st_checkcall(L)->call;
    double left = c->deadline - luaL_checknumber(L, 2);
    if (left > 1e300) lua_pushnil(L); /* no deadline */
    else lua_pushnumber(L, left > 0 ? left : 0);
    return 1;
}

const luaL_Reg st_exchange_methods[] = {
    { "next", next },
    { "request", request },
    { "answer", answer },
    { "answered", answered },
    { "failure", failure },
    { "throttled", throttled },
    { "cancel", cancel },
    { "seconds_left", seconds_left },
    { NULL, NULL }
};
