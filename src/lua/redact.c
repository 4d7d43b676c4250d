/* redact.c - ring 2b: text, forms and objects without their secrets. */
#include "binding.h"

#include "../core/objects.h"
#include "../core/redact.h"

#include <string.h>

#define CLASS "stripe.redactor"

enum {
    TEXT_MAX = 256 << 20,
    DEPTH_MAX = 64
};

/* Pushes an empty buffer that Lua frees, whatever throws. */
static st_buffer *push_buffer(lua_State *L)
{
    st_buffer *b = lua_newuserdata(L, sizeof *b);
    st_buffer_init(b, TEXT_MAX);
    luaL_getmetatable(L, CLASS);
    lua_setmetatable(L, -2);
    return b;
}

static int collect(lua_State *L)
{
    st_buffer_free(lua_touserdata(L, 1));
    return 0;
}

static void push_text(lua_State *L, const st_buffer *b)
{
    if (b->state != ST_BUFFER_OK) luaL_error(L, "not enough memory");
    lua_pushlstring(L, b->data ? b->data : "", b->length);
}

/* redact(text) -> text */
static int redact(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    st_buffer *b = push_buffer(L);
    st_redact_text(b, text, n);
    push_text(L, b);
    return 1;
}

/* redact_form(op or nil, text) -> text; an upload, which is no form, is hidden as a whole. A body
   of the second version is JSON: no form begins with a brace, which has to be escaped there. */
static int redact_form(lua_State *L)
{
    size_t n;
    const st_operation *op = NULL;
    if (!lua_isnoneornil(L, 1)) {
        op = st_operation_at((int)luaL_checkinteger(L, 1), NULL);
        luaL_argcheck(L, op, 1, "not an operation");
    }
    const char *text = luaL_checklstring(L, 2, &n);
    st_buffer *b = push_buffer(L);
    if (op && op->flags & ST_MULTIPART && n > 0) st_buffer_text(b, ST_REDACTED);
    else if (n > 0 && *text == '{') st_redact_json(b, text, n);
    else st_redact_form(b, op ? op->params : NULL, text, n);
    push_text(L, b);
    return 1;
}

/* What the catalogue knows of a table: its members, or what each of them is. */
typedef struct shape {
    const st_field *fields, *item;
} shape;

/* A walk over a value; tables above the present one, to see a table that holds itself. */
typedef struct walk {
    lua_State *L;
    st_buffer *buffer;
    const void *above[DEPTH_MAX];
    int depth;
} walk;

static void push_copy(walk *w, int i, const st_field *field, bool secret);

static shape shape_of(lua_State *L, int i, const st_field *field)
{
    shape known = { NULL, NULL };
    const st_object *object = field ? field->object : NULL;
    lua_pushliteral(L, "object");
    lua_rawget(L, i);
    if (lua_type(L, -1) == LUA_TSTRING) {
        const st_object *named = st_object_find(lua_tostring(L, -1), false);
        if (named) object = named;
    }
    lua_pop(L, 1);
    if (object) known.fields = object->fields;
    else if (field && field->type == ST_OBJECT) known.fields = field->fields;
    else if (field && (field->type == ST_ARRAY || field->type == ST_MAP)) known.item = field->item;
    return known;
}

/* What the catalogue says of the member whose key is at index k; NULL when nothing. A name that
   it does not list is judged by custom. */
static const st_field *member(lua_State *L, int k, shape known, bool *secret)
{
    size_t n;
    if (lua_type(L, k) != LUA_TSTRING) return known.item;
    const char *name = lua_tolstring(L, k, &n);
    if (known.item) { /* of a map: its names are the user's */
        *secret = *secret || st_redact_is_secret_name(name, n);
        return known.item;
    }
    const st_field *field = st_field_find(known.fields, name);
    if (!field && st_redact_is_secret_name(name, n)) *secret = true;
    return field;
}

static bool is_above(const walk *w, const void *table)
{
    for (int d = 0; d < w->depth; d++)
        if (w->above[d] == table) return true;
    return false;
}

static void push_table(walk *w, int i, const st_field *field, bool secret)
{
    lua_State *L = w->L;
    const void *self = lua_topointer(L, i);
    if (w->depth == DEPTH_MAX || is_above(w, self)) {
        lua_pushliteral(L, ST_REDACTED);
        return;
    }
    luaL_checkstack(L, 8, "nested too deeply");
    w->above[w->depth++] = self;
    shape known = shape_of(L, i, field);
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, i); ) {
        int k = lua_gettop(L) - 1;
        bool below = secret;
        const st_field *its = member(L, k, known, &below);
        push_copy(w, k + 1, its, below || (its && its->flags & ST_SENSITIVE));
        lua_pushvalue(L, k);
        lua_insert(L, -2);
        lua_rawset(L, k - 1);
        lua_pop(L, 1);
    }
    w->depth--;
}

static void push_string(walk *w, int i)
{
    size_t n;
    const char *text = lua_tolstring(w->L, i, &n);
    st_buffer_reset(w->buffer);
    st_redact_text(w->buffer, text, n);
    if (w->buffer->length == n && n > 0 && memcmp(w->buffer->data, text, n) == 0)
        lua_pushvalue(w->L, i);
    else
        push_text(w->L, w->buffer);
}

static void push_copy(walk *w, int i, const st_field *field, bool secret)
{
    lua_State *L = w->L;
    int type = lua_type(L, i);
    if (type == LUA_TTABLE) push_table(w, i, field, secret);
    else if (st_isnull(L, i) || st_isemptyarray(L, i)) lua_pushvalue(L, i);
    else if (secret) lua_pushliteral(L, ST_REDACTED);
    else if (type == LUA_TSTRING) push_string(w, i);
    else lua_pushvalue(L, i);
}

/* redact_object(value) -> a deep copy: sensitive fields are "[redacted]", as is all below them,
   and so is what is nested too deeply or holds itself */
static int redact_object(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    walk w = { .L = L, .buffer = push_buffer(L) };
    push_copy(&w, 1, NULL, false);
    return 1;
}

static const luaL_Reg functions[] = {
    { "redact", redact },
    { "redact_form", redact_form },
    { "redact_object", redact_object },
    { NULL, NULL }
};

void st_open_redact(lua_State *L)
{
    st_newclass(L, CLASS, NULL);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    st_setfuncs(L, functions);
}
