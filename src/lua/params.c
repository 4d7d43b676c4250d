/* params.c - ring 2b: Lua tables to parameters. */
#include "params.h"

#include "decimal.h"
#include "upload.h"


#include <stdint.h>
#include <stdlib.h> /* qsort */
#include <string.h>

#define FORM_CLASS "stripe.core.form"
#define ENCODED_CLASS "stripe.core.encoded"
#define EMPTY_ARRAY_CLASS "stripe.empty_array"
#define BODY_CAP ((size_t)1 << 30)

/* ---- a walk over the parameters ---- */

typedef struct walk {
    lua_State *L;
    st_form *form;
    const void *open[ST_FORM_DEPTH]; /* the tables that we are in */
    int depth;
} walk;

typedef struct key {
    const char *text; /* belongs to the table that is walked, which nothing changes meanwhile */
    size_t length;
} key;

typedef struct shape {
    size_t names, indexes, others; /* keys that are strings, 1 and up, anything else */
    lua_Number last;               /* the largest index */
} shape;

static bool value(walk *w);

static int by_bytes(const void *a, const void *b)
{
    const key *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, shorter);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static bool refuse(walk *w, enum st_problem_kind kind, const char *why)
{
    return st_check_refuse_always(&w->form->check, kind, "%s", why);
}

/* What kind of table is on top of the stack. */
static shape shape_of(lua_State *L)
{
    shape s = { 0 };
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            s.names++;
            continue;
        }
        lua_Number n = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
        if (n >= 1 && n <= INT32_MAX && n == (lua_Number)(int32_t)n) {
            s.indexes++;
            if (n > s.last) s.last = n;
        } else {
            s.others++;
        }
    }
    return s;
}

static bool list(walk *w, int n)
{
    if (!st_form_begin_list(w->form)) return false;
    for (int i = 1; i <= n; i++) {
        lua_rawgeti(w->L, -1, i);
        if (!st_form_index(w->form) || !value(w)) return false;
        lua_pop(w->L, 1);
    }
    return st_form_end(w->form);
}

/* The members of the table on top of the stack, by name in byte order. */
static bool members(walk *w, size_t n)
{
    lua_State *L = w->L;
    key *keys = lua_newuserdata(L, n * sizeof *keys);
    size_t i = 0;
    lua_pushnil(L);
    while (lua_next(L, -3)) {
        lua_pop(L, 1);
        if (i == n || lua_type(L, -1) != LUA_TSTRING) /* a finalizer ran meanwhile */
            luaL_error(L, "the table was changed while it was read");
        keys[i].text = lua_tolstring(L, -1, &keys[i].length);
        i++;
    }
    qsort(keys, n, sizeof *keys, by_bytes);
    for (i = 0; i < n; i++) {
        lua_pushlstring(L, keys[i].text, keys[i].length);
        lua_rawget(L, -3);
        if (!st_form_key(w->form, keys[i].text, keys[i].length) || !value(w)) return false;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return true;
}

static bool refuse_shape(walk *w, const shape *s)
{
    if (s->others > 0)
        return refuse(w, ST_PROBLEM_TABLE,
                      "a key of this table is neither a name nor an index of a list");
    if (s->names > 0)
        return refuse(w, ST_PROBLEM_TABLE,
                      "this table mixes list elements with named values; make it one or the other");
    return refuse(w, ST_PROBLEM_TABLE,
                  "this list has a hole; pass stripe.null where an element is to be empty");
}

/* The table on top of the stack. */
static bool table(walk *w)
{
    const void *self = lua_topointer(w->L, -1);
    for (int i = 0; i < w->depth; i++)
        if (w->open[i] == self) return refuse(w, ST_PROBLEM_TABLE, "this table contains itself");
    if (w->depth == ST_FORM_DEPTH)
        return refuse(w, ST_PROBLEM_TABLE, "tables are nested too deep here");
    luaL_checkstack(w->L, 8, "parameters");
    shape s = shape_of(w->L);
    bool mixed = s.others > 0 || (s.names > 0 && s.indexes > 0);
    if (mixed || s.indexes != (size_t)s.last) return refuse_shape(w, &s);
    if (s.names + s.indexes == 0) return st_form_empty_table(w->form);
    w->open[w->depth++] = self;
    bool ok = s.indexes > 0
                  ? list(w, (int)s.indexes)
                  : st_form_begin_map(w->form) && members(w, s.names) && st_form_end(w->form);
    w->depth--;
    return ok;
}

static bool number(walk *w)
{
    if (st_isinteger(w->L, -1)) return st_form_integer(w->form, (long long)lua_tointeger(w->L, -1));
    return st_form_number(w->form, lua_tonumber(w->L, -1));
}

static bool decimal(walk *w, const st_decimal *d)
{
    char text[ST_DECIMAL_TEXT];
    return st_form_decimal(w->form, text, st_decimal_text(d, text));
}

static bool refuse_kind(walk *w)
{
    lua_State *L = w->L;
    const char *type = lua_typename(L, lua_type(L, -1));
    if (strcmp(type, "cdata") == 0)
        return refuse(w, ST_PROBLEM_TYPE,
                      "this is LuaJIT cdata; pass a number up to 2^53, or its digits as text");
    return st_check_refuse_always(&w->form->check, ST_PROBLEM_TYPE,
                                  "this is a %s, which cannot be sent", type);
}

/* The value on top of the stack, at the place that the form knows. */
static bool value(walk *w)
{
    lua_State *L = w->L;
    size_t n;
    const st_decimal *d;
    if (st_form_wants_file(w->form)) {
        int done = st_upload_write(L, w->form);
        if (done != 0) return done > 0;
    }
    switch (lua_type(L, -1)) {
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, -1, &n);
        return st_form_string(w->form, text, n);
    }
    case LUA_TNUMBER: return number(w);
    case LUA_TBOOLEAN: return st_form_boolean(w->form, lua_toboolean(L, -1));
    case LUA_TTABLE: return table(w);
    }
    if (st_isnull(L, lua_gettop(L))) return st_form_null(w->form);
    if (st_isemptyarray(L, lua_gettop(L))) return st_form_empty_array(w->form);
    if ((d = st_todecimal(L, lua_gettop(L)))) return decimal(w, d);
    return refuse_kind(w);
}

/* The table of all parameters, on top of the stack. */
static bool parameters(walk *w)
{
    int type = lua_type(w->L, -1);
    if (type == LUA_TNIL) return true;
    if (type != LUA_TTABLE)
        return refuse(w, ST_PROBLEM_TABLE, "the parameters must be a table of named values");
    shape s = shape_of(w->L);
    if (s.indexes > 0 && s.names == 0 && s.others == 0)
        return refuse(w, ST_PROBLEM_TABLE, "the parameters must be named; this is a list");
    if (s.indexes > 0 || s.others > 0) return refuse_shape(w, &s);
    w->open[w->depth++] = lua_topointer(w->L, -1);
    return members(w, s.names);
}

static int free_form(lua_State *L)
{
    st_form_free(lua_touserdata(L, 1));
    return 0;
}

/* Most requests have no parameters. Then nothing of Lua's is touched, and the form needs no owner;
   false: something is missing. */
static bool encode_nothing(const st_operation *op, enum st_validate validate,
                           const char *boundary, st_source *body)
{
    st_form form;
    st_form_init(&form, op, validate, boundary, body);
    bool ok = st_form_finish(&form);
    st_form_free(&form);
    return ok;
}

static st_form *push_form(lua_State *L)
{
    luaL_checkstack(L, 8, "parameters");
    return st_push_owned(L, FORM_CLASS, sizeof(st_form), free_form);
}

/* Writes the table at idx into the form, which is on top of the stack, and frees that. */
static int encode_table(lua_State *L, int idx, st_form *form, bool *needs_beta)
{
    int top = lua_gettop(L) - 1;
    const st_source *body = form->body;
    walk w = { .L = L, .form = form };
    lua_pushvalue(L, idx);
    bool ok = parameters(&w) && st_form_finish(form);
    *needs_beta = form->needs_beta;
    if (body->head.state == ST_BUFFER_NO_MEMORY || body->tail.state == ST_BUFFER_NO_MEMORY ||
        st_check_no_memory(&form->check))
        luaL_error(L, "not enough memory");
    if (!ok) {
        st_push_problem(L, &form->check.problem);
        lua_replace(L, top + 1);
    }
    st_form_free(form);
    lua_settop(L, ok ? top : top + 1);
    return ok ? 0 : -1;
}

int st_params_encode(lua_State *L, int idx, const st_operation *op, enum st_validate validate,
                     const char *boundary, st_source *body, bool *needs_beta)
{
    *needs_beta = false;
    if (lua_isnil(L, idx) && encode_nothing(op, validate, boundary, body)) return 0;
    idx = st_absindex(L, idx);
    st_form *form = push_form(L);
    st_form_init(form, op, validate, boundary, body);
    return encode_table(L, idx, form, needs_beta);
}

int st_params_json(lua_State *L, int idx, st_source *body)
{
    bool never;
    idx = st_absindex(L, idx);
    st_form *form = push_form(L);
    st_form_init(form, NULL, ST_VALIDATE_OFF, NULL, body);
    st_form_to_json(form);
    return encode_table(L, idx, form, &never);
}

/* ---- what Lua calls ---- */

static int free_encoded(lua_State *L)
{
    st_source_free(lua_touserdata(L, 1));
    return 0;
}

static st_source *new_encoded(lua_State *L)
{
    st_source *body = st_push_owned(L, ENCODED_CLASS, sizeof *body, free_encoded);
    st_source_init(body, BODY_CAP);
    return body;
}

static enum st_validate validate_option(lua_State *L, int i)
{
    enum st_validate mode = ST_VALIDATE_ON;
    if (!lua_istable(L, i)) return mode;
    lua_getfield(L, i, "validate");
    if (lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1)) mode = ST_VALIDATE_OFF;
    else if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "strict") == 0)
        mode = ST_VALIDATE_STRICT;
    lua_pop(L, 1);
    return mode;
}

/* Pushes all bytes of a body. */
static void push_body(lua_State *L, st_source *body)
{
    luaL_Buffer text;
    int64_t got;
    luaL_buffinit(L, &text);
    while ((got = st_source_read(body, luaL_prepbuffer(&text), LUAL_BUFFERSIZE)) > 0)
        luaL_addsize(&text, (size_t)got);
    if (got < 0) luaL_error(L, "the file to upload cannot be read any more");
    luaL_pushresult(&text);
}

static bool json_option(lua_State *L, int i)
{
    if (!lua_istable(L, i)) return false;
    lua_getfield(L, i, "json");
    bool json = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return json;
}

/* core.encode(op, params, { validate, boundary, json }) -> text, needs_beta | nil, problem. json:
   as what a path of the second version takes, whatever the operation. */
static int encode(lua_State *L)
{
    lua_settop(L, 3);
    const st_operation *op = st_check_operation(L, 1);
    const char *boundary = NULL;
    bool needs_beta = false, json = json_option(L, 3);
    if (lua_istable(L, 3)) {
        lua_getfield(L, 3, "boundary");
        boundary = lua_tostring(L, -1);
    } else {
        lua_pushnil(L);
    }
    if (op && (op->flags & ST_MULTIPART) && !boundary)
        return luaL_argerror(L, 3, "this operation needs a boundary");
    st_source *body = new_encoded(L);
    int refused = json ? st_params_json(L, 2, body)
                       : st_params_encode(L, 2, op, validate_option(L, 3), boundary, body,
                                          &needs_beta);
    if (refused) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    push_body(L, body);
    st_source_free(body);
    lua_pushboolean(L, needs_beta);
    return 2;
}

static int empty_array_text(lua_State *L)
{
    lua_pushliteral(L, "stripe.empty_array");
    return 1;
}

int st_isemptyarray(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i)) return 0;
    luaL_getmetatable(L, EMPTY_ARRAY_CLASS);
    int same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

void st_open_params(lua_State *L)
{
    static const luaL_Reg functions[] = { { "encode", encode }, { NULL, NULL } };
    st_setfuncs(L, functions);
    lua_newuserdata(L, 1);
    st_newclass(L, EMPTY_ARRAY_CLASS, NULL);
    lua_pushcfunction(L, empty_array_text);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "empty_array");
    st_open_path(L);
    st_open_read(L);
}
