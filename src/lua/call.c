/* call.c - ring 2b: core.call, which makes a call of a table of options. */
#include "call.h"

#include "../core/classify.h"
#include "../core/route.h"
#include "decode.h"
#include "params.h"
#include "system.h"

#include <string.h>

#define CLASS "stripe.call"
#define LOST "stripe.lost" /* in the registry: see on_lost */
#define DEFAULT_MAX_BODY (64 << 20) /* bytes; of an answer kept in memory */
#define MOST_MAX_BODY (1LL << 40)

enum { OPTIONS = 1, DEFAULTS = 2, SELF = 3 }; /* on the stack of core.call */

st_lua_call *st_checkcall(lua_State *L)
{
    return luaL_checkudata(L, 1, CLASS);
}

st_lua_call *st_new_call(lua_State *L, size_t max_body)
{
    st_lua_call *self = lua_newuserdata(L, sizeof *self);
    memset(self, 0, sizeof *self);
    st_call_init(&self->call, max_body);
    luaL_getmetatable(L, CLASS);
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

/* Pushes the option, or its default; returns its type, nil for false. The tables are read raw, so
   that it is they themselves that keep the texts alive. */
static int option(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, OPTIONS);
    int type = lua_type(L, -1);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        lua_rawget(L, DEFAULTS);
        type = lua_type(L, -1);
    } else {
        lua_remove(L, -2);
    }
    return type == LUA_TBOOLEAN && !lua_toboolean(L, -1) ? LUA_TNIL : type;
}

/* The text of an option, which lives as long as the table. */
static st_text text_option(lua_State *L, const char *name)
{
    st_text text = { NULL, 0 };
    int type = option(L, name);
    if (type == LUA_TSTRING)
        text.data = lua_tolstring(L, -1, &text.length);
    else if (type != LUA_TNIL)
        luaL_error(L, "call: option %s must be a string", name);
    lua_pop(L, 1);
    return text;
}

static double number_option(lua_State *L, const char *name, double otherwise)
{
    double number = otherwise;
    int type = option(L, name);
    if (type == LUA_TNUMBER)
        number = lua_tonumber(L, -1);
    else if (type != LUA_TNIL)
        luaL_error(L, "call: option %s must be a number", name);
    lua_pop(L, 1);
    return number;
}

static bool flag_option(lua_State *L, const char *name)
{
    bool flag = option(L, name) != LUA_TNIL;
    lua_pop(L, 1);
    return flag;
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

static enum st_validate validate_option(lua_State *L)
{
    enum st_validate validate = ST_VALIDATE_ON;
    if (option(L, "validate") == LUA_TNIL && lua_isboolean(L, -1)) validate = ST_VALIDATE_OFF;
    if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "strict") == 0)
        validate = ST_VALIDATE_STRICT;
    lua_pop(L, 1);
    return validate;
}

static int set_method(lua_State *L, st_lua_call *self)
{
    st_text name = text_option(L, "method");
    for (int method = ST_GET; method <= ST_DELETE; method++) {
        if (!name.data || strcmp(name.data, st_method_name(method)) != 0) continue;
        self->call.request.method = method;
        return 0;
    }
    return refuse(L, "enum", "method", "method must be GET, POST or DELETE");
}

/* The host and the path. */
static int set_url(lua_State *L, st_lua_call *self)
{
    const st_operation *op = self->operation;
    st_request *request = &self->call.request;
    st_text host = text_option(L, "host");
    bool files = op && op->host == ST_HOST_FILES;
    if (host.data) files = strcmp(host.data, "files") == 0;
    st_text base = text_option(L, files ? "files_url" : "base_url");
    if (!base.data) luaL_error(L, "call: option %s is missing", files ? "files_url" : "base_url");
    st_request_base(request, base);
    if (!op) {
        option(L, "path");
        return st_params_raw_path(L, lua_gettop(L), &request->url);
    }
    bool alternate = op->alternate_path && flag_option(L, "quotes_path");
    option(L, "ids");
    return st_params_path(L, lua_gettop(L), alternate ? op->alternate_path : op->path,
                          &request->url);
}

static int set_params(lua_State *L, st_lua_call *self, const char *boundary, bool *beta)
{
    option(L, "params");
    return st_params_encode(L, lua_gettop(L), self->operation, validate_option(L), boundary,
                            &self->call.request.body, beta);
}

/* The caller's headers: a list of {name, value}. */
static int add_headers(lua_State *L, st_request *request)
{
    if (option(L, "headers") == LUA_TNIL) return 0;
    luaL_checktype(L, -1, LUA_TTABLE);
    for (int i = 1; i <= (int)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i);
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
    lua_pop(L, 1);
    return 0;
}

static int refuse_setting(lua_State *L, const char *name)
{
    const char *limit = strcmp(name, "idempotency_key") == 0 ? "1 to 255 " : "";
    return refuse(L, "text", name,
                  lua_pushfstring(L, "%s must be %svisible ASCII characters", name, limit));
}

static int set_headers(lua_State *L, st_lua_call *self, const char *boundary, bool beta)
{
    const st_resource *resource = NULL;
    st_request *request = &self->call.request;
    char uuid[ST_UUID_SIZE];
    if (self->handle) st_operation_at(self->handle, &resource);
    if (self->operation && (self->operation->flags & ST_NEEDS_BETA)) beta = true;
    st_request_settings settings = {
        .user_agent = text_option(L, "user_agent"),
        .api_version = text_option(L, "api_version"),
        .account = text_option(L, "account"),
        .context = text_option(L, "context"),
        .oauth_token = text_option(L, "oauth_token"),
        .idempotency_key = text_option(L, "idempotency_key"),
        .beta = beta && resource ? resource->beta : NULL,
        .boundary = boundary,
    };
    st_text key = text_option(L, "api_key");
    if (request->method == ST_POST && !settings.idempotency_key.data) {
        if (st_system_uuid(uuid) != 0) luaL_error(L, "the system gives no random bytes");
        settings.idempotency_key = (st_text){ uuid, sizeof uuid - 1 };
    }
    const char *refused = st_request_headers(request, &settings);
    if (refused) return refuse_setting(L, refused);
    if (add_headers(L, request) != 0) return -1;
    if (key.data && !st_request_authorize(request, key)) return refuse_setting(L, "api_key");
    return 0;
}

static int set_sink(lua_State *L, st_lua_call *self)
{
    int type = option(L, "sink");
    if (type == LUA_TNIL) return 0;
    if (type != LUA_TTABLE) {
        st_sink_to_chunks(&self->call.sink);
        return 0;
    }
    lua_getfield(L, -1, "path");
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

static void begin(lua_State *L, st_lua_call *self)
{
    st_call_limits limits = {
        .timeout = number_option(L, "timeout", 0),
        .deadline = number_option(L, "deadline", -1),
        .retry_rate_limit = flag_option(L, "retry_rate_limit"),
    };
    double retries = number_option(L, "max_retries", 0);
    double seed = number_option(L, "seed", -1);
    limits.max_retries = retries > ST_MAX_RETRIES ? ST_MAX_RETRIES : retries > 0 ? (int)retries : 0;
    if (seed >= 0)
        limits.seed = (uint64_t)seed;
    else if (st_system_random(&limits.seed, sizeof limits.seed) != 0)
        luaL_error(L, "the system gives no random bytes");
    if (!st_call_begin(&self->call, number_option(L, "now", 0), &limits))
        luaL_error(L, "not enough memory");
}

/* Whether a step of build refused nothing; then its leftovers on the stack go. */
static bool done(lua_State *L, int result)
{
    if (result == 0) lua_settop(L, SELF);
    return result == 0;
}

/* Builds the whole call; -1 with a problem on top of the stack when something is refused. */
static int build(lua_State *L, st_lua_call *self)
{
    char uuid[ST_UUID_SIZE], *boundary = NULL;
    bool beta = false;
    self->handle = (int)number_option(L, "operation", 0);
    if (self->handle) {
        self->operation = st_operation_at(self->handle, NULL);
        if (!self->operation) luaL_error(L, "call: there is no operation %d", self->handle);
        self->call.request.method = self->operation->method;
    } else if (set_method(L, self) != 0) {
        return -1;
    }
    if (self->operation && (self->operation->flags & ST_MULTIPART)) {
        if (st_system_uuid(uuid) != 0) luaL_error(L, "the system gives no random bytes");
        boundary = uuid;
    }
    if (!done(L, set_url(L, self)) || !done(L, set_params(L, self, boundary, &beta)) ||
        !done(L, set_headers(L, self, boundary, beta)) || !done(L, check_room(L, self)) ||
        !done(L, set_sink(L, self)))
        return -1;
    begin(L, self);
    return 0;
}

/* core.call(options, defaults) -> call | nil, problem. The defaults, a table or nothing, are asked
   for what the options do not have. */
static int call(lua_State *L)
{
    luaL_checktype(L, OPTIONS, LUA_TTABLE);
    lua_settop(L, DEFAULTS);
    if (lua_isnil(L, DEFAULTS)) {
        lua_newtable(L);
        lua_replace(L, DEFAULTS);
    }
    luaL_checktype(L, DEFAULTS, LUA_TTABLE);
    double max_body = number_option(L, "max_body", DEFAULT_MAX_BODY);
    luaL_argcheck(L, max_body >= 0 && max_body <= MOST_MAX_BODY, OPTIONS, "max_body out of range");
    st_lua_call *self = st_new_call(L, (size_t)max_body);
    if (build(L, self) != 0) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_settop(L, SELF);
    return 1;
}

/* core.classify(status, type, code) -> error type. */
static int classify(lua_State *L)
{
    int status = (int)luaL_checknumber(L, 1);
    const char *type = luaL_optstring(L, 2, NULL);
    lua_pushstring(L, st_classify(status, type, luaL_optstring(L, 3, NULL)));
    return 1;
}

/* Adds the methods to the table on top of the stack, the decoder at that index their upvalue. */
static void add_methods(lua_State *L, const luaL_Reg *methods, int decoder)
{
    for (; methods->name; methods++) {
        lua_pushvalue(L, decoder);
        lua_pushcclosure(L, methods->func, 1);
        lua_setfield(L, -2, methods->name);
    }
}

void st_open_call(lua_State *L)
{
    static const luaL_Reg functions[] = { { "call", call }, { "classify", classify },
                                          { "on_lost", on_lost }, { NULL, NULL } };
    static const luaL_Reg none[] = { { NULL, NULL } };
    int top = lua_gettop(L);
    st_setfuncs(L, functions);
    st_headers_class(L);
    st_decode_new(L);
    st_newclass(L, CLASS, none);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_getfield(L, -1, "__index");
    add_methods(L, st_exchange_methods, top + 1);
    add_methods(L, st_result_methods, top + 1);
    lua_settop(L, top);
}
