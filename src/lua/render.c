/*
 * render.c - ring 2b: API objects as JSON, by the fields that the catalogue lists.
 *
 * The catalogue decides the order of the members, what an absent one becomes, and whether an
 * empty Lua table is a list or a map. What the catalogue does not list is not written; hidden
 * fields are written only where the tree of expand names them.
 */
#include "json.h"

#include "decimal.h"

#include "../core/objects.h"

#include <string.h>

static void field_value(st_writer *w, const st_place *at, const st_field *field, int i, int expand);
static void object(st_writer *w, const st_place *at, const st_object *known, int i, int expand);

/* Pushes t[name], raw. */
static int get(lua_State *L, int t, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, t);
    return lua_type(L, -1);
}

static void key(st_writer *w, const st_place *at, const char *name)
{
    st_writer_key(w, at, name, strlen(name));
}

static void require(st_writer *w, const st_place *at, int i, int type)
{
    if (lua_type(w->L, i) == type) return;
    lua_pushfstring(w->L, "a %s expected, got %s", lua_typename(w->L, type),
                    luaL_typename(w->L, i));
    st_writer_refuse(w, at, lua_tostring(w->L, -1));
}

/* The part of the expand tree below name: pushes a value when there is a tree; the index of a
   table, or 0. A tree may say true where it ends. */
static int expand_below(lua_State *L, int expand, const char *name)
{
    if (!expand) return 0;
    return get(L, expand, name) == LUA_TTABLE ? lua_gettop(L) : 0;
}

static bool expand_names(lua_State *L, int expand, const char *name)
{
    if (!expand) return false;
    get(L, expand, name);
    bool named = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return named;
}

/* Writes what a member is that the table lacks, or leaves it out. */
static void absent(st_writer *w, const st_place *at, const st_field *field, const st_object *owner)
{
    if (!(field->flags & (ST_REQUIRED | ST_NULLABLE | ST_EXPAND_HIDDEN))) return;
    key(w, at, field->name);
    if (owner && owner->name && strcmp(field->name, "object") == 0) {
        st_json_string(&w->json, owner->name, strlen(owner->name));
    } else if (field->type == ST_ARRAY && !(field->flags & ST_NULLABLE)) {
        st_json_begin_array(&w->json);
        st_json_end_array(&w->json);
    } else if (field->type == ST_MAP && !(field->flags & ST_NULLABLE)) {
        st_json_begin_object(&w->json);
        st_json_end_object(&w->json);
    } else {
        st_json_null(&w->json);
    }
}

static void members(st_writer *w, const st_place *at, const st_field *fields,
                    const st_object *owner, int i, int expand)
{
    lua_State *L = w->L;
    int top = lua_gettop(L);
    require(w, at, i, LUA_TTABLE);
    st_json_begin_object(&w->json);
    for (const st_field *field = fields; field->name; field++) {
        if (field->flags & ST_EXPAND_HIDDEN && !expand_names(L, expand, field->name)) continue;
        if (get(L, i, field->name) == LUA_TNIL) {
            absent(w, at, field, owner);
        } else {
            st_place place = st_writer_enter(w, at, field->name, 0);
            key(w, at, field->name);
            field_value(w, &place, field, top + 1, expand_below(L, expand, field->name));
        }
        lua_settop(L, top);
    }
    st_json_end_object(&w->json);
}

/* A number where the API has text: amounts keep all their digits. */
static void number_as_text(st_writer *w, const st_place *at, int i)
{
    st_decimal d;
    char text[ST_DECIMAL_TEXT];
    if (st_decimal_from_number(w->L, i, &d) != ST_DECIMAL_OK)
        st_writer_refuse(w, at, "a float of more than 15 digits is not exact: pass text");
    st_json_string(&w->json, text, st_decimal_text(&d, text));
}

static void string(st_writer *w, const st_place *at, const st_field *field, int i, int expand)
{
    int type = lua_type(w->L, i);
    if (type == LUA_TTABLE && field->flags & ST_EXPAND_ID) {
        object(w, at, field->object, i, expand);
    } else if (type == LUA_TNUMBER) {
        number_as_text(w, at, i);
    } else if (type == LUA_TSTRING || st_todecimal(w->L, i)) {
        st_writer_value(w, at, i);
    } else {
        require(w, at, i, LUA_TSTRING);
    }
}

static bool is_whole(lua_State *L, int i)
{
    static const lua_Number limit = 9223372036854775808.0; /* 2^63 */
    if (st_isinteger(L, i)) return true;
    lua_Number n = lua_tonumber(L, i);
    return n >= -limit && n < limit && n == (lua_Number)(long long)n;
}

static void integer(st_writer *w, const st_place *at, int i)
{
    require(w, at, i, LUA_TNUMBER);
    if (!is_whole(w->L, i)) st_writer_refuse(w, at, "a whole number expected");
    st_writer_value(w, at, i);
}

/* What the elements of a list or map are. */
typedef struct element {
    const st_field *item;
    int expand;
} element;

static void item(st_writer *w, const st_place *at, int i, const void *context)
{
    const element *e = context;
    field_value(w, at, e->item, i, e->expand);
}

/* Members that no source lists: by their own "object" where the catalogue knows it. */
static void free_object(st_writer *w, const st_place *at, int i, int expand)
{
    lua_State *L = w->L;
    require(w, at, i, LUA_TTABLE);
    bool known = get(L, i, "object") == LUA_TSTRING &&
                 st_object_find(lua_tostring(L, -1), false);
    lua_pop(L, 1);
    if (known) object(w, at, NULL, i, expand);
    else st_writer_value(w, at, i);
}

/* The list envelope around item; NULL: each element by its own "object". */
static void list(st_writer *w, const st_place *at, const st_field *one, int i, int expand)
{
    static const st_field any = { "", ST_OBJECT, ST_FREE };
    static const st_field rest[] = {
        { "has_more", ST_BOOLEAN, ST_REQUIRED }, { "url", ST_STRING, ST_REQUIRED }, { NULL }
    };
    lua_State *L = w->L;
    require(w, at, i, LUA_TTABLE);
    int top = lua_gettop(L);
    element e = { one ? one : &any, expand_below(L, expand, "data") };
    st_json_begin_object(&w->json);
    key(w, at, "object");
    st_json_string(&w->json, "list", 4);
    key(w, at, "data");
    st_place place = st_writer_enter(w, at, "data", 0);
    if (get(L, i, "data") == LUA_TTABLE) {
        st_writer_list(w, &place, lua_gettop(L), item, &e);
    } else {
        st_json_begin_array(&w->json);
        st_json_end_array(&w->json);
    }
    for (const st_field *field = rest; field->name; field++) {
        place = st_writer_enter(w, at, field->name, 0);
        key(w, at, field->name);
        if (get(L, i, field->name) == LUA_TNIL) st_writer_refuse(w, &place, "absent");
        field_value(w, &place, field, lua_gettop(L), 0);
    }
    lua_settop(L, top);
    st_json_end_object(&w->json);
}

static void field_value(st_writer *w, const st_place *at, const st_field *field, int i, int expand)
{
    element e = { field->item, expand };
    if (st_isnull(w->L, i)) {
        st_json_null(&w->json);
        return;
    }
    switch (field->type) {
    case ST_STRING: string(w, at, field, i, expand); break;
    case ST_INTEGER: integer(w, at, i); break;
    case ST_NUMBER:
        require(w, at, i, LUA_TNUMBER);
        st_writer_value(w, at, i);
        break;
    case ST_BOOLEAN:
        require(w, at, i, LUA_TBOOLEAN);
        st_writer_value(w, at, i);
        break;
    case ST_ARRAY:
        if (st_isemptyarray(w->L, i)) {
            st_writer_value(w, at, i);
            break;
        }
        require(w, at, i, LUA_TTABLE);
        st_writer_list(w, at, i, item, &e);
        break;
    case ST_MAP:
        require(w, at, i, LUA_TTABLE);
        st_writer_map(w, at, i, item, &e);
        break;
    case ST_LIST: list(w, at, field->item, i, expand); break;
    case ST_OBJECT:
        if (field->object) object(w, at, field->object, i, expand);
        else if (field->fields) members(w, at, field->fields, NULL, i, expand);
        else free_object(w, at, i, expand);
        break;
    default: st_writer_value(w, at, i); break;
    }
}

/* The object at index i by its own "object" member, or as the one known. */
static void object(st_writer *w, const st_place *at, const st_object *known, int i, int expand)
{
    lua_State *L = w->L;
    require(w, at, i, LUA_TTABLE);
    int top = lua_gettop(L);
    if (get(L, i, "object") == LUA_TSTRING) {
        const char *name = lua_tostring(L, -1);
        if (strcmp(name, "list") == 0) {
            list(w, at, NULL, i, expand);
            lua_settop(L, top);
            return;
        }
        get(L, i, "deleted");
        const st_object *found = st_object_find(name, lua_toboolean(L, -1));
        if (found) known = found;
    } else if (!known && get(L, i, "error") == LUA_TTABLE) {
        known = &st_error_object;
    }
    if (!known) st_writer_refuse(w, at, "an object that the catalogue does not know");
    lua_settop(L, top);
    members(w, at, known->fields, known, i, expand);
}

int st_render(lua_State *L)
{
    static const st_place root = { NULL, NULL, 0, 0 };
    const st_object *known = NULL;
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TTABLE);
    const char *name = luaL_optstring(L, 3, NULL);
    if (name) {
        known = st_object_find(name, false);
        luaL_argcheck(L, known, 3, "not the name of an object");
    }
    lua_settop(L, 3);
    st_writer *w = st_writer_start(L);
    object(w, &root, known, 1, lua_istable(L, 2) ? 2 : 0);
    return st_writer_finish(w);
}
