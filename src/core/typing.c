/* typing.c - ring 1: what the parameters of a tree are, by the catalogue. */
#include "typing.h"

#include "number.h"
#include "text.h"

#include <stdint.h>
#include <string.h>

enum { SHOWN = 200 }; /* bytes of a refused value that a problem keeps */

/* Where we are: inside an element of a list, inside something never to be shown. */
typedef struct place {
    bool in_element, sensitive;
} place;

static bool type_value(st_check *c, st_node *node, const st_param *p, place at);

/* Goes down to a node; returns the length of the path to come back to. */
static size_t enter(st_check *c, const st_node *node)
{
    size_t before = c->path.length;
    if (node->key.length > 0 || node->index < 0) {
        st_check_enter(c, node->key.bytes, node->key.length);
    } else {
        char index[24];
        st_buffer digits = { .data = index, .capacity = sizeof index, .cap = sizeof index };
        st_buffer_integer(&digits, node->index);
        st_check_enter(c, digits.data, digits.length);
    }
    return before;
}

/* ---- without the catalogue ---- */

static void type_freely(st_node *node)
{
    if (node->kind != ST_NODE_TABLE) return;
    bool list = node->count > 0 && st_tree_sort(node) && node->last->index == node->count - 1;
    node->kind = list ? ST_NODE_LIST : ST_NODE_MAP;
    for (st_node *n = node->first; n; n = n->next) type_freely(n);
}

/* ---- unknown names ---- */

static void find_unknown(st_check *c, const st_node *table, const st_param *members);

static void find_unknown_below(st_check *c, const st_node *node, const st_param *p)
{
    const st_param *map = st_check_takes(p, ST_GIVEN_MAP);
    if (node->kind != ST_NODE_TABLE) return;
    if (map && map->params) find_unknown(c, node, map->params);
    if (!p->item) return;
    for (const st_node *n = node->first; n; n = n->next) {
        size_t before = enter(c, n);
        find_unknown_below(c, n, p->item);
        st_buffer_truncate(&c->path, before);
    }
}

/* Refuses the first unknown member, and names every one. */
static void find_unknown(st_check *c, const st_node *table, const st_param *members)
{
    for (const st_node *n = table->first; n; n = n->next) {
        int i = st_check_find(members, n->key.bytes, n->key.length);
        size_t before = enter(c, n);
        if (i >= 0) {
            find_unknown_below(c, n, &members[i]);
        } else {
            st_check_refuse_unknown(c, members, n->key.bytes, n->key.length);
            st_problem_name(&c->problem, c->path.data, c->path.length);
        }
        st_buffer_truncate(&c->path, before);
    }
}

/* ---- values ---- */

static bool type_integer(st_check *c, st_node *node, const st_param *p)
{
    if (!st_number_integer(node->text.bytes, node->text.length, &node->integer)) {
        c->problem.expected = "integer";
        return st_check_refuse(c, ST_PROBLEM_TYPE, "this must be a whole number");
    }
    node->kind = ST_NODE_INTEGER;
    return st_check_integer(c, p, node->integer);
}

static bool type_boolean(st_check *c, st_node *node)
{
    const st_run *text = &node->text;
    bool yes = text->length == 4 && memcmp(text->bytes, "true", 4) == 0;
    if (!yes && (text->length != 5 || memcmp(text->bytes, "false", 5) != 0)) {
        c->problem.expected = "boolean";
        return st_check_refuse(c, ST_PROBLEM_TYPE, "this must be true or false");
    }
    node->kind = ST_NODE_BOOLEAN;
    node->integer = yes;
    return true;
}

/* The alternative of a union that a text is meant for. */
static const st_param *alternative(const st_param *p, const st_run *text)
{
    long long ignored;
    if (p->type != ST_ANY_OF) return p;
    bool whole = st_number_integer(text->bytes, text->length, &ignored);
    const st_param *number = st_check_takes(p, ST_GIVEN_INTEGER);
    const st_param *words = st_check_takes(p, ST_GIVEN_TEXT);
    return number && (whole || !words) ? number : words ? words : p;
}

static bool type_text(st_check *c, st_node *node, const st_param *p)
{
    st_fact fact = { 0 };
    p = alternative(p, &node->text);
    switch (p->type) {
    case ST_STRING: return st_check_text(c, p, node->text.bytes, node->text.length, &fact);
    case ST_INTEGER: return type_integer(c, node, p);
    case ST_BOOLEAN: return type_boolean(c, node);
    default: return st_check_refuse_type(c, p, ST_GIVEN_TEXT, NULL);
    }
}

static bool type_empty(st_check *c, st_node *node, const st_param *p, place at)
{
    if (p->flags & ST_CLEARABLE) {
        node->kind = ST_NODE_NULL;
        return true;
    }
    if (p->type == ST_ARRAY) {
        node->kind = ST_NODE_LIST;
        return st_check_count(c, p, 0);
    }
    if (st_check_may_be_empty(p, at.in_element)) return true;
    return st_check_refuse(c, ST_PROBLEM_NOT_CLEARABLE,
                           "this parameter is empty, and it cannot be cleared");
}

static bool type_metadata(st_check *c, st_node *table, const st_param *p)
{
    int count = 0;
    for (st_node *n = table->first; n; n = n->next) {
        size_t before = enter(c, n);
        if (!st_check_metadata_key(c, n->key.bytes, n->key.length)) return false;
        if (n->kind != ST_NODE_TEXT)
            return st_check_refuse_type(c, p->item, ST_GIVEN_MAP, NULL);
        if (n->text.length == 0) n->kind = ST_NODE_NULL;
        else if (!st_check_metadata_value(c, n->text.bytes, n->text.length)) return false;
        else count++;
        st_buffer_truncate(&c->path, before);
    }
    table->kind = ST_NODE_MAP;
    return st_check_metadata_count(c, count);
}

static bool type_elements(st_check *c, st_node *table, const st_param *p, place at)
{
    for (st_node *n = table->first; n; n = n->next) {
        size_t before = enter(c, n);
        place inside = at;
        inside.in_element |= p->type == ST_ARRAY && n->kind == ST_NODE_TABLE;
        if (!type_value(c, n, p->item, inside)) return false;
        st_buffer_truncate(&c->path, before);
    }
    return true;
}

static bool type_list(st_check *c, st_node *table, const st_param *p, place at)
{
    if (!st_tree_sort(table)) return st_check_refuse_type(c, p, ST_GIVEN_MAP, NULL);
    table->kind = ST_NODE_LIST;
    return st_check_count(c, p, table->count) && type_elements(c, table, p, at);
}

static bool type_members(st_check *c, st_node *table, const st_param *members, place at)
{
    uint64_t given = 0;
    for (const st_node *n = table->first; n; n = n->next)
        given |= (uint64_t)1 << st_check_find(members, n->key.bytes, n->key.length);
    if (!st_check_required(c, members, given)) return false;
    table->kind = ST_NODE_MAP;
    for (st_node *n = table->first; n; n = n->next) {
        const st_param *p = &members[st_check_find(members, n->key.bytes, n->key.length)];
        size_t before = enter(c, n);
        if (!type_value(c, n, p, at)) return false;
        st_buffer_truncate(&c->path, before);
    }
    return true;
}

static bool type_table(st_check *c, st_node *node, const st_param *p, place at)
{
    const st_param *map = st_check_takes(p, ST_GIVEN_MAP);
    if (map && map->format == ST_METADATA) return type_metadata(c, node, map);
    if (map && map->params) return type_members(c, node, map->params, at);
    if (map && map->item) {
        node->kind = ST_NODE_MAP;
        return type_elements(c, node, map, at);
    }
    if (map) {
        type_freely(node);
        return true;
    }
    if (p->type == ST_ARRAY) return type_list(c, node, p, at);
    return st_check_refuse_type(c, p, ST_GIVEN_MAP, NULL);
}

static bool type_value(st_check *c, st_node *node, const st_param *p, place at)
{
    at.sensitive = at.sensitive || (p->flags & ST_SENSITIVE);
    if (node->kind == ST_NODE_TABLE) return type_table(c, node, p, at);
    if (node->kind == ST_NODE_FILE)
        return p->type == ST_FILE || st_check_refuse_type(c, p, ST_GIVEN_FILE, NULL);
    if (node->text.length == 0) return type_empty(c, node, p, at);
    if (type_text(c, node, p)) return true;
    size_t shown = node->text.length < SHOWN ? node->text.length : SHOWN;
    if (!at.sensitive) st_buffer_append(&c->problem.value, node->text.bytes, shown);
    return false;
}

bool st_typing(st_tree *t, const st_operation *op, st_check *check)
{
    st_buffer_truncate(&check->path, 0);
    if (!op) {
        type_freely(&t->root);
        t->root.kind = ST_NODE_MAP;
        return true;
    }
    find_unknown(check, &t->root, op->params);
    if (check->problem.kind != ST_PROBLEM_NONE) return false;
    return type_members(check, &t->root, op->params, (place){ 0 });
}
