/* catalogue.c - ring 2b: which operations there are, and which one a request means. */
#include "catalogue.h"

#include "../core/route.h"

#include <string.h>

const st_operation *st_operation_at(int i, const st_resource **resource)
{
    return st_operation_find(i, resource);
}

void st_settext(lua_State *L, const char *name, const char *text)
{
    if (!text) return;
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

void st_setflag(lua_State *L, const char *name, int value)
{
    if (!value) return;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
}

void st_setlist(lua_State *L, const char *name, const char *const *texts)
{
    lua_newtable(L);
    for (int i = 0; texts[i]; i++) {
        lua_pushstring(L, texts[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, name);
}

void st_setoperation(lua_State *L, const st_operation *o, const st_resource *r)
{
    st_settext(L, "method", st_method_name(o->method));
    st_settext(L, "path", o->path);
    st_settext(L, "alternate_path", o->alternate_path);
    st_settext(L, "host", o->host == ST_HOST_FILES ? "files" : "api");
    if (o->flags & ST_NEEDS_BETA) st_settext(L, "beta", r->beta);
    st_setflag(L, "list", o->flags & ST_RETURNS_LIST);
    st_setflag(L, "binary", o->flags & ST_RETURNS_BINARY);
    st_setflag(L, "multipart", o->flags & ST_MULTIPART);
    if (o->returns) st_settext(L, "returns", o->returns->name);
}

/* Pushes the names between the braces of a path, in order. */
static void push_ids(lua_State *L, const char *path)
{
    lua_newtable(L);
    int n = 0;
    while ((path = strchr(path, '{'))) {
        const char *end = strchr(++path, '}');
        lua_pushlstring(L, path, (size_t)(end - path));
        lua_rawseti(L, -2, ++n);
    }
}

/* core.operations() -> list of descriptors; the index is the handle. */
static int operations(lua_State *L)
{
    const st_resource *r;
    const st_operation *o;
    lua_newtable(L);
    for (int i = 1; (o = st_operation_find(i, &r)); i++) {
        lua_newtable(L);
        lua_pushinteger(L, i);
        lua_setfield(L, -2, "op");
        st_settext(L, "resource", r->name);
        st_settext(L, "name", o->name);
        st_setoperation(L, o, r);
        st_setflag(L, "params", o->params != NULL);
        push_ids(L, o->path);
        lua_setfield(L, -2, "ids");
        lua_rawseti(L, -2, i);
    }
    return 1;
}

/* core.names() -> the lists of names that no single resource owns */
static int names(lua_State *L)
{
    lua_newtable(L);
    st_setlist(L, "event_types", st_event_types);
    st_setlist(L, "extra_event_types", st_extra_event_types);
    st_setlist(L, "explicit_event_types", st_explicit_event_types);
    st_setlist(L, "api_versions", st_api_versions);
    st_setlist(L, "error_codes", st_error_codes);
    st_setlist(L, "crypto_onramp_error_codes", st_crypto_onramp_error_codes);
    return 1;
}

void st_open_catalogue(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "catalogue", st_catalogue },
        { "names", names },
        { "operations", operations },
        { NULL, NULL }
    };
    st_setfuncs(L, functions);
    st_settext(L, "api_version", st_api_version);
}
