/*
 * engine_thread.c - ring 2b: the mailbox of a Lua state, whose calls a thread of stripe.engine
 * carries. It has the methods of a channel, and those by which an event loop is rung.
 */
#include "engine.h"

#include "../engine/mailbox.h"

#include <errno.h>
#include <string.h>

#define CLASS "stripe.mailbox"

typedef struct st_lua_mailbox {
    st_mailbox box;
    int owners; /* in the registry: a table of those whose calls are under way; LUA_NOREF: none */
} st_lua_mailbox;

static st_lua_mailbox *check_mailbox(lua_State *L)
{
    return st_checkclass(L, 1, ST_SELF, CLASS);
}

int st_yieldable(lua_State *L)
{
#if defined(LUA_LJDIR) || LUA_VERSION_NUM >= 503 /* LuaJIT, by its luaconf.h */
    lua_pushboolean(L, lua_isyieldable(L));
#else
    lua_pushnil(L);
#endif
    return 1;
}

/* engine.open_threaded() -> mailbox | nil, message. */
int st_open_mailbox(lua_State *L)
{
    st_lua_mailbox *self = lua_newuserdata(L, sizeof *self);
    st_mailbox_init(&self->box);
    self->owners = LUA_NOREF;
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    lua_newtable(L);
    self->owners = luaL_ref(L, LUA_REGISTRYINDEX);
    if (!st_mailbox_open(&self->box)) return st_push_failure(L, strerror(errno));
    return 1;
}

/* A call is the first member of what Lua has of it. */
static st_lua_call *call_of(const st_job *job)
{
    return (st_lua_call *)(void *)job->call;
}

/* The thread must be done with a call before the call is freed. */
static void abandon(st_lua_call *call)
{
    if (call->job) st_mailbox_abandon(call->job);
    call->job = NULL;
}

/* A Lua state that closes frees calls first and the mailbox then, or the other way round: the first
   call is older than the mailbox. */
static int collect(lua_State *L)
{
    st_lua_mailbox *self = check_mailbox(L);
    while (self->box.running) abandon(call_of(self->box.running));
    st_mailbox_free(&self->box);
    luaL_unref(L, LUA_REGISTRYINDEX, self->owners);
    self->owners = LUA_NOREF;
    return 0;
}

/* mailbox:start(call, wire, watched, owner) -> as that of a channel. */
static int start(lua_State *L)
{
    st_lua_mailbox *self = check_mailbox(L);
    st_lua_call *call = st_check_call(L);
    st_wire *wire = st_check_wire(L, 3);
    bool watched = lua_toboolean(L, 4);
    st_check_ready(L, call);
    if (st_is_closing(self->owners, wire)) return st_push_failure(L, ST_CLOSING);
    if (!st_mailbox_open(&self->box)) return st_push_failure(L, strerror(errno));
    lua_settop(L, 5);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->owners);
    lua_insert(L, 5);
    int owner = luaL_ref(L, 5);
    call->abandon = abandon;
    call->job = st_mailbox_start(&self->box, &call->call, wire, watched, (void *)(intptr_t)owner);
    if (!call->job) {
        luaL_unref(L, 5, owner);
        return st_push_failure(L, "not enough memory");
    }
    lua_pushboolean(L, 1);
    lua_pushboolean(L, 1); /* perhaps: only next() knows */
    return 2;
}

/* mailbox:cancel(call, kind, message): next() tells of its end some time later. */
static int cancel(lua_State *L)
{
    check_mailbox(L);
    st_lua_call *call = st_check_call(L);
    enum st_failure why = st_failure_named(luaL_checkstring(L, 3));
    st_text message;
    message.data = luaL_checklstring(L, 4, &message.length);
    luaL_argcheck(L, why != ST_FAILURE_NONE, 3, "no kind of failure");
    if (call->job) st_mailbox_cancel(call->job, why, message);
    return 0;
}

/* mailbox:resume(call): its chunks were taken. */
static int resume(lua_State *L)
{
    check_mailbox(L);
    st_lua_call *call = st_check_call(L);
    if (call->job) st_mailbox_resume(call->job);
    return 0;
}

static void push_progress(lua_State *L, const st_progress *p)
{
    st_pushwhole(L, (long long)p->sent);
    st_pushwhole(L, (long long)p->to_send);
    st_pushwhole(L, (long long)p->received);
    if (p->to_receive < 0) lua_pushnil(L);
    else st_pushwhole(L, (long long)p->to_receive);
}

/* mailbox:next() -> as that of a channel. */
static int next(lua_State *L)
{
    st_lua_mailbox *self = check_mailbox(L);
    int news = 0;
    st_progress progress;
    bool more;
    st_job *job = st_mailbox_next(&self->box, &news, &progress, &more);
    if (!job) return 0;
    int owner = (int)(intptr_t)job->owner;
    bool watched = job->watched;
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->owners);
    lua_rawgeti(L, 2, owner);
    st_lua_call *call = call_of(job);
    if (news & ST_NEWS_DONE) {
        const char *what = st_job_settle(job) ? "answered" : "failed";
        st_mailbox_release(job);
        call->job = NULL;
        luaL_unref(L, 2, owner);
        lua_pushstring(L, what);
    } else {
        lua_pushstring(L, news & ST_NEWS_CHUNKS ? "chunks" : "progress");
    }
    lua_pushboolean(L, more);
    if (!watched) return 3;
    push_progress(L, &progress);
    return 7;
}

/* mailbox:step(): what rang the bell is being looked at. */
static int step(lua_State *L)
{
    st_mailbox_heard(&check_mailbox(L)->box);
    return 0;
}

/* mailbox:wait(seconds): in place, until next() has something to tell, or so long; nil: as long
   as it takes. */
static int wait(lua_State *L)
{
    st_mailbox_wait(&check_mailbox(L)->box, luaL_optnumber(L, 2, -1));
    return 0;
}

/* mailbox:active() -> how many calls are under way, or done and not yet told. */
static int active(lua_State *L)
{
    lua_pushinteger(L, check_mailbox(L)->box.active);
    return 1;
}

/* mailbox:close(): ends what is under way as canceled; next() still tells of it. */
static int close(lua_State *L)
{
    st_mailbox_close(&check_mailbox(L)->box);
    return 0;
}

/* mailbox:bell() -> path, fresh | nil, message: where the event loop is to connect, and whether
   accept() is to follow. If not, the loop has that connection already. */
static int bell(lua_State *L)
{
    bool fresh = false;
    const char *path = st_mailbox_bell(&check_mailbox(L)->box, &fresh);
    if (!path) return st_push_failure(L, strerror(errno));
    lua_pushstring(L, path);
    lua_pushboolean(L, fresh);
    return 2;
}

/* mailbox:accept() -> whether the event loop has connected. */
static int take_line(lua_State *L)
{
    lua_pushboolean(L, st_mailbox_accept(&check_mailbox(L)->box));
    return 1;
}

/* mailbox:listen(yes) -> whether it worked: to end it fails while a byte is on its way. */
static int await_bell(lua_State *L)
{
    lua_pushboolean(L, st_mailbox_listen(&check_mailbox(L)->box, lua_toboolean(L, 2)));
    return 1;
}

/* mailbox:connected() -> whether the event loop has its end of the bell's connection. */
static int connected(lua_State *L)
{
    lua_pushboolean(L, st_mailbox_connected(&check_mailbox(L)->box));
    return 1;
}

/* mailbox:pollfd(): there is none. */
static int pollfd(lua_State *L)
{
    check_mailbox(L);
    lua_pushnil(L);
    return 1;
}

void st_mailbox_class(lua_State *L, int wires)
{
    static const luaL_Reg methods[] = {
        { "start", start }, { "cancel", cancel }, { "resume", resume }, { "next", next },
        { "step", step }, { "wait", wait }, { "active", active }, { "close", close },
        { "pollfd", pollfd }, { "bell", bell }, { "accept", take_line }, { "listen", await_bell },
        { "connected", connected }, { NULL, NULL }
    };
    st_open_class(L, CLASS, methods, collect, wires);
}
