/*
 * engine.c - ring 2b: luaopen_stripe_engine, the one symbol that stripe/engine.so exports, and
 * the channel of a Lua state. libcurl's callbacks never come here: what they found is asked for.
 */
#include "engine.h"

#include "../engine/channel.h"
#include "pin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define CLASS "stripe.channel"
#define CALL "stripe.call" /* of stripe.core */

enum { MOST_WAIT = 86400 }; /* seconds */

EXPORT int luaopen_stripe_engine(lua_State *L);

typedef struct st_lua_channel {
    st_channel channel;
    int owners; /* in the registry: a table of those whose calls are under way; LUA_NOREF: none */
} st_lua_channel;

static st_lua_channel *check_channel(lua_State *L)
{
    return st_checkclass(L, 1, ST_SELF, CLASS);
}

st_lua_call *st_check_call(lua_State *L)
{
    st_lua_call *self = st_checkclass(L, 2, ST_CALLS, CALL);
    luaL_argcheck(L, lua_rawlen(L, 2) == sizeof *self, 2,
                  "stripe.core and stripe.engine are of different versions");
    return self;
}

void st_check_ready(lua_State *L, const st_lua_call *call)
{
    enum st_call_state state = call->call.state; /* an observer may have read the request already */
    luaL_argcheck(L, !call->transfer && !call->job, 2, "this call is under way");
    luaL_argcheck(L, state == ST_CALL_READY || state == ST_CALL_SENDING, 2,
                  "this call is not to be sent");
}

/* Notices a fork, at the head of whatever uses the engine. */
static bool open_channel(st_lua_channel *self)
{
    return st_channel_open(&self->channel);
}

bool st_is_closing(int owners, const st_wire *wire)
{
    return owners == LUA_NOREF || !wire;
}

int st_push_failure(lua_State *L, const char *message)
{
    lua_pushnil(L);
    lua_pushfstring(L, "libcurl's engine cannot start: %s", message);
    return 2;
}

/* engine.open() -> channel | nil, message. */
static int open(lua_State *L)
{
    st_lua_channel *self = lua_newuserdata(L, sizeof *self);
    st_channel_init(&self->channel);
    self->owners = LUA_NOREF;
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    lua_newtable(L);
    self->owners = luaL_ref(L, LUA_REGISTRYINDEX);
    if (!open_channel(self)) return st_push_failure(L, strerror(errno));
    return 1;
}

/* A call is the first member of what Lua has of it. */
static st_lua_call *call_of(const st_transfer *t)
{
    return (st_lua_call *)(void *)t->call;
}

/* The engine must be done with a call before the call is freed. */
static void abandon(st_lua_call *call)
{
    if (call->transfer) st_channel_abandon(call->transfer);
    call->transfer = NULL;
}

/* A Lua state that closes frees calls first and the channel then, or the other way round: the first
   call is older than the channel. */
static int collect(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    while (self->channel.running) abandon(call_of(self->channel.running));
    st_channel_free(&self->channel);
    luaL_unref(L, LUA_REGISTRYINDEX, self->owners);
    self->owners = LUA_NOREF;
    return 0;
}

/* channel:start(call, wire, watched, owner) -> true, told | nil, message: sends the call's next
   attempt. The owner, whatever it is, keeps the call alive and comes back from next(). watched:
   next() tells of progress too. told: next() has something to tell already. */
static int start(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    st_lua_call *call = st_check_call(L);
    st_wire *wire = st_check_wire(L, 3);
    bool watched = lua_toboolean(L, 4);
    st_check_ready(L, call);
    if (st_is_closing(self->owners, wire)) return st_push_failure(L, ST_CLOSING);
    if (!open_channel(self)) return st_push_failure(L, strerror(errno));
    lua_settop(L, 5);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->owners);
    lua_insert(L, 5);
    int owner = luaL_ref(L, 5);
    call->abandon = abandon;
    call->transfer = st_channel_start(&self->channel, &call->call, wire, watched,
                                      (void *)(intptr_t)owner);
    if (!call->transfer) {
        luaL_unref(L, 5, owner);
        return st_push_failure(L, "not enough memory");
    }
    lua_pushboolean(L, 1);
    lua_pushboolean(L, self->channel.told != NULL);
    return 2;
}

/* channel:cancel(call, kind, message): ends a call that is under way; next() tells of it. Nothing
   happens when it is not under way. */
static int cancel(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    st_lua_call *call = st_check_call(L);
    enum st_failure why = st_failure_named(luaL_checkstring(L, 3));
    st_text message;
    message.data = luaL_checklstring(L, 4, &message.length);
    luaL_argcheck(L, why != ST_FAILURE_NONE, 3, "no kind of failure");
    open_channel(self);
    if (call->transfer) st_channel_cancel(call->transfer, why, message);
    return 0;
}

/* channel:resume(call): its chunks were taken. */
static int resume(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    st_lua_call *call = st_check_call(L);
    open_channel(self);
    if (call->transfer) st_channel_resume(call->transfer);
    return 0;
}

/* Pushes how much of a body has come or gone, and of how much in all; nil where unknown. */
static void push_progress(lua_State *L, const st_call *c)
{
    const char *length = st_headers_find(&c->headers, "Content-Length");
    bool packed = st_headers_find(&c->headers, "Content-Encoding") != NULL;
    st_pushwhole(L, c->request.body.position);
    st_pushwhole(L, st_source_length(&c->request.body));
    st_pushwhole(L, c->received);
    if (length && !packed) st_pushwhole(L, strtoll(length, NULL, 10));
    else lua_pushnil(L);
}

/* Tells the call that its transfer is over; it waits to hear of its answer itself. */
static const char *settle(st_transfer *t)
{
    st_lua_call *call = call_of(t);
    const char *what = st_transfer_settle(t) ? "answered" : "failed";
    call->transfer = NULL;
    st_channel_release(t);
    return what;
}

/* channel:next() -> owner, what, more, sent, of, received, of: the oldest call that there is
   something to tell of, or nothing. what: "answered" (the answer is in the call, which waits to be
   told so), "failed", "chunks" (take them, then resume) or "progress". more: there is something to
   tell of others. The rest are bytes of the two bodies, for a watched call; how many will be
   received may be unknown: nil. */
static int next(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    int news = 0;
    st_transfer *t = st_channel_next(&self->channel, &news);
    if (!t) return 0;
    int owner = (int)(intptr_t)t->owner;
    const st_call *watched = t->watched ? t->call : NULL;
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->owners);
    lua_rawgeti(L, 2, owner);
    if (news & ST_NEWS_DONE) {
        lua_pushstring(L, settle(t));
        luaL_unref(L, 2, owner);
    } else {
        lua_pushstring(L, news & ST_NEWS_CHUNKS ? "chunks" : "progress");
    }
    lua_pushboolean(L, self->channel.told != NULL);
    if (!watched) return 3;
    push_progress(L, watched);
    return 7;
}

/* channel:step(): does what can be done without waiting. */
static int step(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    if (self->channel.active > 0 && open_channel(self)) st_engine_step(self->channel.engine);
    return 0;
}

/* channel:wait(seconds): steps until there is something to tell, at most so long; nil: as long as
   it takes. A signal ends it early. */
static int wait(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    double seconds = luaL_optnumber(L, 2, -1);
    if (self->channel.active == 0 || !open_channel(self) || self->channel.told) return 0;
    st_channel_wait(&self->channel, seconds > MOST_WAIT ? MOST_WAIT : seconds);
    return 0;
}

/* channel:collect(on): what is started from here on goes out together, when the channel steps or
   waits next, or is to collect no more; but at once when an event loop has its descriptor. */
static int collect_starts(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    if (open_channel(self)) st_engine_collect(self->channel.engine, lua_toboolean(L, 2));
    return 0;
}

/* channel:pollfd(), channel:events(), channel:timeout(): what event loops ask for. Another
   descriptor after a fork; nil when none can be had. */
static int pollfd(lua_State *L)
{
    st_lua_channel *self = check_channel(L);
    if (open_channel(self)) lua_pushinteger(L, st_engine_poll(self->channel.engine));
    else lua_pushnil(L);
    return 1;
}

static int events(lua_State *L)
{
    check_channel(L);
    lua_pushliteral(L, "r");
    return 1;
}

static int timeout(lua_State *L)
{
    if (check_channel(L)->channel.told) lua_pushnumber(L, 0);
    else lua_pushnil(L);
    return 1;
}

/* channel:active() -> how many calls are under way, or done and not yet told. */
static int active(lua_State *L)
{
    lua_pushinteger(L, check_channel(L)->channel.active);
    return 1;
}

/* channel:close(): ends what is under way as canceled; next() still tells of it. */
static int close(lua_State *L)
{
    st_channel_close(&check_channel(L)->channel);
    return 0;
}

/* engine.prepare(): starts libcurl, which takes milliseconds, before the first call needs it. */
static int prepare(lua_State *L)
{
    (void)L;
    st_engine_prepare();
    return 0;
}

/* Adds functions to the table on top of the stack, with the upvalues of the class called name. */
static void add(lua_State *L, const char *name, const luaL_Reg *list, int wires)
{
    for (; list->name; list++) {
        luaL_getmetatable(L, name);
        luaL_getmetatable(L, CALL);
        lua_pushvalue(L, wires);
        lua_pushcclosure(L, list->func, ST_WIRES);
        lua_setfield(L, -2, list->name);
    }
}

void st_open_class(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction gc,
                   int wires)
{
    static const luaL_Reg none[] = { { NULL, NULL } };
    const luaL_Reg finalizer[] = { { "__gc", gc }, { NULL, NULL } };
    st_newclass(L, name, none);
    add(L, name, finalizer, wires);
    lua_getfield(L, -1, "__index");
    add(L, name, methods, wires);
    lua_pop(L, 2);
}

int luaopen_stripe_engine(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "open", open }, { "open_threaded", st_open_mailbox }, { "wire", st_make_wire },
        { "yieldable", st_yieldable }, { "prepare", prepare }, { NULL, NULL }
    };
    static const luaL_Reg methods[] = {
        { "start", start }, { "cancel", cancel }, { "resume", resume },
        { "next", next }, { "step", step }, { "wait", wait },
        { "collect", collect_starts }, { "pollfd", pollfd }, { "events", events },
        { "timeout", timeout },
        { "active", active }, { "close", close }, { NULL, NULL }
    };
    /* A thread of libcurl's resolver may outlive the Lua state that started it. */
    st_pin(luaopen_stripe_engine);
    st_wire_class(L);
    int wires = lua_gettop(L);
    st_open_class(L, CLASS, methods, collect, wires);
    st_mailbox_class(L, wires);
    lua_pop(L, 1);
    lua_newtable(L);
    st_setfuncs(L, functions);
    return 1;
}
