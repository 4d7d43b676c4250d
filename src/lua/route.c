/* route.c - ring 2b: requests as a server reads them: what a request line means, what a call of
   this process asks. */
#include "call.h"

#include "../core/route.h"
#include "../core/text.h"

#include <string.h>
#include <strings.h> /* strcasecmp */

/* Pushes a path segment with its %XX decoded; what is no escape stays as it is. */
static void push_segment(lua_State *L, const char *text, size_t length)
{
    luaL_Buffer b;
    if (!memchr(text, '%', length)) {
        lua_pushlstring(L, text, length);
        return;
    }
    luaL_buffinit(L, &b);
    for (const char *p = text, *end = text + length; p < end; p++) {
        int byte = st_text_escape(p, end);
        luaL_addchar(&b, byte < 0 ? *p : (char)byte);
        if (byte >= 0) p += 2;
    }
    luaL_pushresult(&b);
}

/* Pushes the operation and its ids; nil and whether the path is known when there is none. */
static void push_route(lua_State *L, const st_route *found)
{
    if (!found->operation) {
        lua_pushnil(L);
        lua_pushboolean(L, found->known);
        return;
    }
    lua_pushinteger(L, found->operation);
    lua_createtable(L, found->n, 0);
    for (int i = 0; i < found->n; i++) {
        push_segment(L, found->ids[i].text, found->ids[i].length);
        lua_rawseti(L, -2, i + 1);
    }
}

/* core.route(method, path) -> op, ids | nil, whether the path is known with another method */
static int route(lua_State *L)
{
    size_t length;
    const char *method = luaL_checkstring(L, 1);
    const char *path = luaL_checklstring(L, 2, &length);
    st_route found = st_route_find(method, path, length);
    push_route(L, &found);
    return 2;
}

/* The parts of a URL that a request line has; pointers into it. */
typedef struct target {
    st_text path, query;
} target;

/* Reads what follows the host. No client's URL has a fragment. */
static target read_target(const st_buffer *url)
{
    const char *p = url->data, *end = url->data + url->length;
    const char *colon = memchr(p, ':', url->length);
    if (colon && end - colon > 3) p = colon + 3; /* "://" */
    while (p < end && *p != '/' && *p != '?') p++;
    const char *mark = memchr(p, '?', (size_t)(end - p));
    const char *stop = mark ? mark : end;
    target t = { { p, (size_t)(stop - p) }, { "", 0 } };
    if (t.path.length == 0) t.path = (st_text){ "/", 1 };
    if (mark) t.query = (st_text){ mark + 1, (size_t)(end - mark - 1) };
    return t;
}

static void push_text(lua_State *L, st_text text)
{
    lua_pushlstring(L, text.data, text.length);
}

/* The headers that core.asked returns, in that order. */
static const char *const wanted[] = {
    "Authorization", "Stripe-Version", "Content-Type", "Idempotency-Key", "Stripe-Account",
    "Stripe-Context", "Stripe-OAuth-Token",
};

enum { WANTED = sizeof wanted / sizeof *wanted };

/* Pushes the values of those headers, nil for one that is not there. */
static void push_wanted(lua_State *L, const st_headers *headers)
{
    const char *values[WANTED] = { NULL };
    st_header header;
    size_t position = 0;
    while (st_headers_next(headers, &position, &header)) {
        for (int i = 0; i < WANTED; i++) {
            if ((*header.name ^ *wanted[i]) & ~0x20) continue; /* most differ in the first letter */
            if (strcasecmp(header.name, wanted[i]) == 0) values[i] = header.value;
        }
    }
    for (int i = 0; i < WANTED; i++) {
        if (values[i]) lua_pushstring(L, values[i]);
        else lua_pushnil(L);
    }
}

/* core.asked(call) -> op, ids (as core.route), method, path, query, body, seconds that the attempt
   may take, and the headers above; the request counts as under way from here. Nothing when the body
   has to be read from a file: call:request() does that. */
static int asked(lua_State *L)
{
    st_lua_call *self = st_checkcall(L);
    const st_request *r = &self->call.request;
    if (r->body.fd >= 0) return 0;
    double timeout = st_call_sending(&self->call);
    target t = read_target(&r->url);
    const char *method = st_method_name(r->method);
    luaL_checkstack(L, 8 + WANTED, NULL);
    st_route found = self->handle
        ? st_route_made(self->handle, self->operation, t.path.data, t.path.length)
        : st_route_find(method, t.path.data, t.path.length);
    push_route(L, &found);
    lua_pushstring(L, method);
    push_text(L, t.path);
    push_text(L, t.query);
    lua_pushlstring(L, r->body.head.data ? r->body.head.data : "", r->body.head.length);
    if (timeout > 0) lua_pushnumber(L, timeout);
    else lua_pushnil(L);
    push_wanted(L, &r->headers);
    return 7 + WANTED;
}

void st_open_route(lua_State *L)
{
    static const luaL_Reg functions[] = { { "route", route }, { "asked", asked }, { NULL, NULL } };
    st_setfuncs(L, functions);
}
