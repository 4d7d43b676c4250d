/* call.c - ring 2b: core.call, which makes a call of a table of options. */
#include "call.h"

#include "../core/classify.h"
#include "../core/route.h"
#include "decode.h"
#include "params.h"
#include "profile.h"
#include "system.h"

#include <string.h>

#define CLASS "stripe.call"
#define LOST "stripe.lost" /* in the registry: see on_lost */

/* What a call is to be: where its parts are on the stack, 0 for those that it has not. */
typedef struct plan {
    const st_profile *profile;
    int ids, params, path, headers, sink;
    st_text method, host, idempotency_key;
    bool quotes_path;
    double now, seed; /* a negative seed: any */
} plan;

st_lua_call *st_checkcall(lua_State *L)
{
    return st_checkclass(L, 1, 2, CLASS);
}

/* Pushes a call with nothing in it but the largest size of its answer's body. */
static st_lua_call *push_call(lua_State *L, size_t max_body)
{
    st_lua_call *self = lua_newuserdata(L, sizeof *self);
    self->operation = NULL;
    self->handle = 0;
    self->headers_left = false;
    self->transfer = NULL;
    self->job = NULL;
    self->abandon = NULL;
    st_call_init(&self->call, max_body);
    return self;
}

st_lua_call *st_new_call(lua_State *L, size_t max_body)
{
    st_lua_call *self = push_call(L, max_body);
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    return self;
}

/* The same where upvalue 2 is the metatable. */
static st_lua_call *new_call(lua_State *L, size_t max_body)
{
    st_lua_call *self = push_call(L, max_body);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setmetatable(L, -2);
    return self;
}

/* Something was sent that may have changed something, and nobody has asked how it ended. */
static bool is_lost(const st_call *c)
{
    bool sent = c->count > 0 || c->state == ST_CALL_SENDING;
    return sent && c->state != ST_CALL_DONE && c->request.method != ST_GET;
}

static int collect(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    if (self->abandon) self->abandon(self);
    if (is_lost(&self->call)) {
        lua_getfield(L, LUA_REGISTRYINDEX, LOST);
        lua_pushvalue(L, 1);
        if (lua_isfunction(L, -2)) lua_pcall(L, 1, 0, 0);
    }
    st_call_free(&self->call);
    return 0;
}

/* core.on_lost(f): from now on, f(call) is called before a call goes that was sent, is no GET, and
   whose end nobody has heard of. f is not to keep the call, nor to wait. */
static int on_lost(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, LOST);
    return 0;
}

/* Pushes a problem about a text that is no parameter; returns -1. */
static int refuse(lua_State *L, const char *kind, const char *param, const char *message)
{
    lua_newtable(L);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, param);
    lua_setfield(L, -2, "param");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    return -1;
}

static int set_method(lua_State *L, st_lua_call *self, st_text name)
{
    if (name.data && st_method_named(name.data, &self->call.request.method)) return 0;
    return refuse(L, "enum", "method", "method must be GET, POST or DELETE");
}

/* The host and the path. */
static int set_url(lua_State *L, st_lua_call *self, const plan *p)
{
    const st_operation *op = self->operation;
    st_request *request = &self->call.request;
    bool files = op && op->host == ST_HOST_FILES;
    if (p->host.data) files = strcmp(p->host.data, "files") == 0;
    st_text base = files ? p->profile->files_url : p->profile->base_url;
    if (!base.data) luaL_error(L, "call: option %s is missing", files ? "files_url" : "base_url");
    st_request_base(request, base);
    if (!op) return st_params_raw_path(L, p->path, &request->url);
    const char *path = op->alternate_path && p->quotes_path ? op->alternate_path : op->path;
    return st_params_path(L, p->ids, path, &request->url);
}

/* The caller's headers: a list of {name, value}. */
static int add_headers(lua_State *L, st_request *request, int list)
{
    if (!list || !lua_toboolean(L, list)) return 0;
    luaL_checktype(L, list, LUA_TTABLE);
    for (int i = 1; i <= (int)lua_rawlen(L, list); i++) {
        lua_rawgeti(L, list, i);
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, 2);
        st_text name, value;
        name.data = luaL_checklstring(L, -2, &name.length);
        value.data = luaL_checklstring(L, -1, &value.length);
        const char *why = st_request_header(request, name, value);
        if (why) {
            const char *param = lua_pushfstring(L, "headers[%s]", name.data);
            return refuse(L, "text", param, lua_pushfstring(L, "%s: %s", param, why));
        }
        lua_pop(L, 3);
    }
    return 0;
}

static int refuse_setting(lua_State *L, const char *name)
{
    const char *limit = strcmp(name, "idempotency_key") == 0 ? "1 to 255 " : "";
    return refuse(L, "text", name,
                  lua_pushfstring(L, "%s must be %svisible ASCII characters", name, limit));
}

/* The headers that do not depend on the body: those of the profile, unless this call needs others.
   Returns the name of a setting that no header can carry. */
static const char *add_common(st_lua_call *self, const plan *p, const char *boundary, bool beta)
{
    bool v2 = st_request_is_v2(&self->call.request);
    const st_resource *resource = NULL;
    st_headers *headers = &self->call.request.headers;
    if (self->operation && (self->operation->flags & ST_NEEDS_BETA)) beta = true;
    if (beta && self->handle) st_operation_at(self->handle, &resource);
    st_request_settings settings = p->profile->request;
    settings.beta = beta && resource ? resource->beta : NULL;
    settings.boundary = boundary;
    settings.json = v2;
    if (settings.beta || boundary || v2 || p->profile->headers.text.length == 0)
        return st_request_common(headers, &settings);
    st_headers_append(headers, &p->profile->headers);
    return NULL;
}

static int authorize(lua_State *L, st_headers *headers, const st_profile *profile)
{
    if (profile->key.text.length > 0) st_headers_append(headers, &profile->key);
    else if (profile->api_key.data && !st_request_authorize(headers, profile->api_key))
        return refuse_setting(L, "api_key");
    return 0;
}

/* Whether Stripe heeds an idempotency key of such a request. */
static bool is_keyed(const st_request *request)
{
    if (request->method == ST_DELETE) return st_request_is_v2(request);
    return request->method == ST_POST;
}

static int set_headers(lua_State *L, st_lua_call *self, const plan *p, const char *boundary,
                       bool beta)
{
    st_request *request = &self->call.request;
    st_text key = p->idempotency_key;
    char uuid[ST_UUID_SIZE];
    if (is_keyed(request) && !key.data) {
        if (st_system_uuid(uuid) != 0) luaL_error(L, "the system gives no random bytes");
        key = (st_text){ uuid, sizeof uuid - 1 };
    }
    const char *refused = add_common(self, p, boundary, beta);
    if (!refused) refused = st_request_own(request, key);
    if (refused) return refuse_setting(L, refused);
    if (add_headers(L, request, p->headers) != 0) return -1;
    return authorize(L, &request->headers, p->profile);
}

static int set_sink(lua_State *L, st_lua_call *self, int sink)
{
    if (!sink || !lua_toboolean(L, sink)) return 0;
    if (!lua_istable(L, sink)) {
        st_sink_to_chunks(&self->call.sink);
        return 0;
    }
    lua_getfield(L, sink, "path");
    size_t n;
    const char *path = luaL_checklstring(L, -1, &n);
    if (strlen(path) != n) return refuse(L, "text", "sink", "a file's name holds no NUL");
    int error = st_sink_to_file(&self->call.sink, path);
    if (error == 0) return 0;
    return refuse(L, "text", "sink",
                  lua_pushfstring(L, "cannot write %s: %s", path, strerror(error)));
}

static int check_room(lua_State *L, st_lua_call *self)
{
    enum st_buffer_state state = st_request_state(&self->call.request);
    if (state == ST_BUFFER_NO_MEMORY) luaL_error(L, "not enough memory");
    if (state == ST_BUFFER_OK) return 0;
    return refuse(L, "too_long", "request", "the request is too large to be sent");
}

/* The jitter of a client's calls: from the profile's random number and the time of the call. */
static uint64_t any_seed(const plan *p)
{
    uint64_t time;
    memcpy(&time, &p->now, sizeof time);
    return p->profile->limits.seed ^ time;
}

static void begin(lua_State *L, st_lua_call *self, const plan *p)
{
    st_call_limits limits = p->profile->limits;
    limits.seed = p->seed >= 0 ? (uint64_t)p->seed : any_seed(p);
    if (!st_call_begin(&self->call, p->now, &limits)) luaL_error(L, "not enough memory");
}

static int set_params(lua_State *L, st_lua_call *self, const plan *p, const char *boundary,
                      bool *beta)
{
    st_request *request = &self->call.request;
    if (request->method == ST_POST && st_request_is_v2(request))
        return st_params_json(L, p->params, &request->body);
    return st_params_encode(L, p->params, self->operation, p->profile->validate, boundary,
                            &request->body, beta);
}

/* Builds the whole call; -1 with a problem on top of the stack when something is refused. */
static int build(lua_State *L, st_lua_call *self, const plan *p)
{
    char uuid[ST_UUID_SIZE], *boundary = NULL;
    bool beta = false;
    if (self->handle) {
        self->operation = st_operation_at(self->handle, NULL);
        if (!self->operation) luaL_error(L, "call: there is no operation %d", self->handle);
        self->call.request.method = self->operation->method;
    } else if (set_method(L, self, p->method) != 0) {
        return -1;
    }
    if (self->operation && (self->operation->flags & ST_MULTIPART)) {
        if (st_system_uuid(uuid) != 0) luaL_error(L, "the system gives no random bytes");
        boundary = uuid;
    }
    if (self->operation && (self->operation->flags & ST_RETURNS_BINARY))
        self->call.squeeze = false;
    if (set_url(L, self, p) != 0 ||
        set_params(L, self, p, boundary, &beta) != 0 ||
        set_headers(L, self, p, boundary, beta) != 0 || check_room(L, self) != 0 ||
        set_sink(L, self, p->sink) != 0)
        return -1;
    begin(L, self, p);
    return 0;
}

/* Builds the call that is at index self, and returns it, or nil and a problem. */
static int deliver(lua_State *L, int self, const plan *p)
{
    if (build(L, lua_touserdata(L, self), p) == 0) {
        lua_settop(L, self);
        return 1;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
}

/* Pushes an option that is asked for below, and returns where. */
static int push_option(lua_State *L, const char *name)
{
    st_option(L, name);
    return lua_gettop(L);
}

/* core.call(options, defaults) -> call | nil, problem. The defaults, a table or nothing, are asked
   for what the options do not have. */
static int call(lua_State *L)
{
    st_profile profile;
    luaL_checktype(L, ST_OPTIONS, LUA_TTABLE);
    lua_settop(L, ST_DEFAULTS);
    if (lua_isnil(L, ST_DEFAULTS)) {
        lua_newtable(L);
        lua_replace(L, ST_DEFAULTS);
    }
    luaL_checktype(L, ST_DEFAULTS, LUA_TTABLE);
    st_profile_read(L, &profile);
    st_lua_call *self = new_call(L, profile.max_body);
    int at = lua_gettop(L);
    plan p = {
        .profile = &profile,
        .ids = push_option(L, "ids"), .params = push_option(L, "params"),
        .path = push_option(L, "path"), .headers = push_option(L, "headers"),
        .sink = push_option(L, "sink"),
        .method = st_text_option(L, "method"), .host = st_text_option(L, "host"),
        .idempotency_key = st_text_option(L, "idempotency_key"),
        .quotes_path = st_flag_option(L, "quotes_path"),
        .now = st_number_option(L, "now", 0), .seed = st_number_option(L, "seed", -1),
    };
    self->handle = (int)st_number_option(L, "operation", 0);
    if (p.seed < 0 && st_system_random(&profile.limits.seed, sizeof profile.limits.seed) != 0)
        luaL_error(L, "the system gives no random bytes");
    return deliver(L, at, &p);
}

/* core.plain_call(profile, operation, id, params, now) -> call | nil, problem: a call of a client
   that has no option of its own. Upvalue 1 is the metatable of profiles. */
static int plain_call(lua_State *L)
{
    enum { PROFILE = 1, OPERATION, ID, PARAMS, NOW, SELF };
    lua_settop(L, NOW);
    const st_profile *profile = st_check_profile(L, PROFILE, 1);
    plan p = { .profile = profile, .ids = ID, .params = PARAMS, .seed = -1 };
    p.now = luaL_checknumber(L, NOW);
    int operation = (int)luaL_checkinteger(L, OPERATION);
    st_lua_call *self = new_call(L, profile->max_body);
    self->handle = operation;
    self->call.squeeze = !profile->keep_null;
    return deliver(L, SELF, &p);
}

/* core.classify(status, type, code) -> error type. */
static int classify(lua_State *L)
{
    int status = (int)luaL_checknumber(L, 1);
    const char *type = luaL_optstring(L, 2, NULL);
    lua_pushstring(L, st_classify(status, type, luaL_optstring(L, 3, NULL)));
    return 1;
}

/* Adds functions to the table on top of the stack, the values at these indexes their upvalues. */
static void add(lua_State *L, const luaL_Reg *functions, int first, int second)
{
    for (; functions->name; functions++) {
        lua_pushvalue(L, first);
        lua_pushvalue(L, second);
        lua_pushcclosure(L, functions->func, 2);
        lua_setfield(L, -2, functions->name);
    }
}

void st_open_call(lua_State *L)
{
    static const luaL_Reg functions[] = { { "classify", classify }, { "on_lost", on_lost },
                                          { NULL, NULL } };
    static const luaL_Reg makers[] = { { "call", call }, { "plain_call", plain_call },
                                       { NULL, NULL } };
    static const luaL_Reg finalizer[] = { { "__gc", collect }, { NULL, NULL } };
    int core = lua_gettop(L), profiles = core + 1, decoder = core + 2, class = core + 3;
    st_setfuncs(L, functions);
    st_headers_class(L);
    st_open_profile(L);
    st_decode_new(L);
    st_newclass(L, CLASS, NULL);
    add(L, finalizer, decoder, class);
    lua_getfield(L, class, "__index");
    add(L, st_exchange_methods, decoder, class);
    add(L, st_result_methods, decoder, class);
    lua_settop(L, class);
    lua_pushvalue(L, core);
    add(L, makers, profiles, class);
    lua_settop(L, core);
}
