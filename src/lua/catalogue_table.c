/* catalogue_table.c - ring 2b: the catalogue as one Lua table, for people and generators. */
#include "catalogue.h"

static const char *type_name(enum st_type type)
{
    switch (type) {
    case ST_STRING: return "string";
    case ST_INTEGER: return "integer";
    case ST_NUMBER: return "number";
    case ST_BOOLEAN: return "boolean";
    case ST_OBJECT: return "object";
    case ST_ARRAY: return "array";
    case ST_MAP: return "object";
    case ST_FILE: return "file";
    case ST_ANY_OF: return "any_of";
    case ST_LIST: return "list";
    }
    return NULL;
}

static const char *format_name(enum st_format format)
{
    switch (format) {
    case ST_PLAIN: return NULL;
    case ST_DECIMAL: return "decimal";
    case ST_UNIX_TIME: return "unix-time";
    case ST_CURRENCY: return "currency";
    case ST_BINARY: return "binary";
    case ST_METADATA: return "metadata";
    }
    return NULL;
}

static void set_count(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

/* What parameters and fields have in common. An element of a list has no name. */
static void set_common(lua_State *L, const char *name, enum st_type type, enum st_format format,
                       unsigned flags, const char *const *values)
{
    if (name && *name) st_settext(L, "name", name);
    st_settext(L, "type", type_name(type));
    st_settext(L, "format", format_name(format));
    st_setflag(L, "required", flags & ST_REQUIRED);
    st_setflag(L, "clearable", flags & ST_CLEARABLE);
    st_setflag(L, "sensitive", flags & ST_SENSITIVE);
    st_setflag(L, "nullable", flags & ST_NULLABLE);
    st_setflag(L, "free", flags & ST_FREE);
    if (flags & ST_EXPAND_ID) st_settext(L, "expand", "id");
    if (flags & ST_EXPAND_HIDDEN) st_settext(L, "expand", "hidden");
    if (flags & ST_PRIVATE_PREVIEW) st_settext(L, "stability", "private_preview");
    if (!values) return;
    st_setlist(L, "enum", values);
    st_setflag(L, "open", flags & ST_OPEN);
}

static void push_params(lua_State *L, const st_param *p);

static void push_param(lua_State *L, const st_param *p)
{
    luaL_checkstack(L, 8, "catalogue");
    lua_newtable(L);
    set_common(L, p->name, p->type, p->format, p->flags, p->values);
    if (p->max_length) set_count(L, "max_length", p->max_length);
    if (p->min_items) set_count(L, "min_items", p->min_items);
    if (p->max_items) set_count(L, "max_items", p->max_items);
    if (p->maximum) {
        set_count(L, "minimum", p->minimum);
        set_count(L, "maximum", p->maximum);
    }
    if (p->decimals) set_count(L, "decimals", p->decimals);
    if (p->params) {
        push_params(L, p->params);
        lua_setfield(L, -2, p->type == ST_ANY_OF ? "any_of" : "params");
    }
    if (p->item) {
        push_param(L, p->item);
        lua_setfield(L, -2, p->type == ST_MAP ? "map" : "item");
    }
}

static void push_params(lua_State *L, const st_param *p)
{
    lua_newtable(L);
    for (int i = 1; p->name; p++, i++) {
        push_param(L, p);
        lua_rawseti(L, -2, i);
    }
}

/* The named objects being written, innermost first: an object inside itself gets no fields. */
typedef struct nesting {
    const st_object *object;
    const struct nesting *outer;
} nesting;

static int is_inside(const st_object *object, const nesting *n)
{
    for (; n; n = n->outer)
        if (n->object == object) return 1;
    return 0;
}

static void push_fields(lua_State *L, const st_field *f, const nesting *outer);

static void push_field(lua_State *L, const st_field *f, const nesting *outer)
{
    luaL_checkstack(L, 8, "catalogue");
    lua_newtable(L);
    set_common(L, f->name, f->type, f->format, f->flags, f->values);
    if (f->fields) {
        push_fields(L, f->fields, outer);
        lua_setfield(L, -2, "fields");
    }
    if (f->item) {
        push_field(L, f->item, outer);
        lua_setfield(L, -2, f->type == ST_MAP ? "map" : "item");
    }
    if (f->object) {
        st_settext(L, "object", f->object->name);
        if (!is_inside(f->object, outer)) {
            nesting inner = { f->object, outer };
            push_fields(L, f->object->fields, &inner);
            lua_setfield(L, -2, "fields");
        }
    }
}

static void push_fields(lua_State *L, const st_field *f, const nesting *outer)
{
    lua_newtable(L);
    for (int i = 1; f->name; f++, i++) {
        push_field(L, f, outer);
        lua_rawseti(L, -2, i);
    }
}

static void push_object_fields(lua_State *L, const st_object *object)
{
    nesting only = { object, NULL };
    push_fields(L, object->fields, &only);
}

/* Pushes the names of a rule from the given one on as a list. */
static void push_names(lua_State *L, const st_rule *r, int from)
{
    lua_newtable(L);
    for (int i = from; i < 4 && r->names[i]; i++) {
        lua_pushstring(L, r->names[i]);
        lua_rawseti(L, -2, i - from + 1);
    }
}

/* Adds the table on top of the stack to the list table[name], below it, made when missing. */
static void append(lua_State *L, const char *name)
{
    lua_getfield(L, -2, name);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, -4, name);
    }
    lua_insert(L, -2);
    lua_rawseti(L, -2, (int)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
}

/* {param = "first", all_of = {...}} and its like; a rule without a first one always holds. */
static void append_requirement(lua_State *L, const st_rule *r, const char *what, int from)
{
    lua_newtable(L);
    if (from) st_settext(L, "param", r->names[0]);
    push_names(L, r, from);
    lua_setfield(L, -2, what);
    st_setflag(L, "when", r->kind == ST_TRUE_NEEDS_ANY);
    append(L, "requires");
}

static void set_precision(lua_State *L, const st_rule *r)
{
    lua_getfield(L, -1, "precision");
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "precision");
    }
    lua_newtable(L);
    st_settext(L, "by", r->names[1]);
    lua_newtable(L);
    for (const st_asset *a = r->assets; a->name; a++) set_count(L, a->name, a->decimals);
    lua_setfield(L, -2, "assets");
    lua_setfield(L, -2, r->names[0]);
    lua_pop(L, 1);
}

static void set_rules(lua_State *L, const st_rule *r)
{
    for (; r->names[0]; r++) {
        switch (r->kind) {
        case ST_AT_MOST_ONE:
        case ST_EXACTLY_ONE: /* at most one, and at least one */
            push_names(L, r, 0);
            append(L, "exclusive");
            if (r->kind == ST_EXACTLY_ONE) append_requirement(L, r, "any_of", 0);
            break;
        case ST_AT_LEAST_ONE: append_requirement(L, r, "any_of", 0); break;
        case ST_NEEDS: append_requirement(L, r, "all_of", 1); break;
        case ST_TRUE_NEEDS_ANY: append_requirement(L, r, "any_of", 1); break;
        case ST_PRECISION: set_precision(L, r); break;
        }
    }
}

static const char *stability(const st_operation *o)
{
    if (o->flags & ST_STABLE_PRIVATE) return "private_preview";
    if (o->flags & ST_STABLE_PREVIEW) return "public_preview";
    return "general";
}

static void push_operation(lua_State *L, const st_operation *o, const st_resource *r)
{
    lua_newtable(L);
    st_setoperation(L, o, r);
    st_settext(L, "stability", stability(o));
    if (o->rules) set_rules(L, o->rules);
    if (o->params) {
        push_params(L, o->params);
        lua_setfield(L, -2, "params");
    }
    if (o->returns && o->returns != r->object) {
        push_object_fields(L, o->returns);
        lua_setfield(L, -2, "fields");
    }
}

static void push_resource(lua_State *L, const st_resource *r)
{
    lua_newtable(L);
    st_settext(L, "object", r->object->name);
    st_settext(L, "id_prefix", r->object->id_prefix);
    st_settext(L, "beta", r->beta);
    lua_newtable(L);
    for (const st_operation *o = r->operations; o->name; o++) {
        push_operation(L, o, r);
        lua_setfield(L, -2, o->name);
    }
    lua_setfield(L, -2, "operations");
    push_object_fields(L, r->object);
    lua_setfield(L, -2, "fields");
}

int st_catalogue(lua_State *L)
{
    lua_newtable(L);
    for (const st_resource *const *family = st_families; *family; family++) {
        for (const st_resource *r = *family; r->name; r++) {
            push_resource(L, r);
            lua_setfield(L, -2, r->name);
        }
    }
    return 1;
}
