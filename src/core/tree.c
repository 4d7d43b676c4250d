/* tree.c - ring 1: parameters as read, names taken apart. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 };

struct st_block {
    struct st_block *next;
    int used;
    st_node nodes[BLOCK];
};

enum st_tree_error st_tree_init(st_tree *t, size_t input)
{
    memset(t, 0, sizeof *t);
    t->root.kind = ST_NODE_TABLE;
    t->root.index = -1;
    t->size = input;
    t->bytes = malloc(input + 1);
    return t->bytes ? ST_TREE_OK : ST_TREE_NO_MEMORY;
}

void st_tree_free(st_tree *t)
{
    while (t->blocks) {
        struct st_block *block = t->blocks;
        t->blocks = block->next;
        free(block);
    }
    free(t->bytes);
    memset(t, 0, sizeof *t);
}

char *st_tree_bytes(st_tree *t)
{
    return t->bytes + t->used;
}

st_run st_tree_keep(st_tree *t, char *end)
{
    st_run run = { t->bytes + t->used, (size_t)(end - t->bytes) - t->used };
    t->used += run.length;
    return run;
}

/* "0", "1", ... as a number; -1 for anything else. */
static int index_of(st_run key)
{
    int n = 0;
    if (key.length == 0 || key.length > 9 || (key.length > 1 && *key.bytes == '0')) return -1;
    for (size_t i = 0; i < key.length; i++) {
        if (key.bytes[i] < '0' || key.bytes[i] > '9') return -1;
        n = n * 10 + (key.bytes[i] - '0');
    }
    return n;
}

/* The member of a table with that name, or NULL. */
static st_node *find(const st_node *table, st_run key)
{
    int index = index_of(key);
    for (st_node *node = table->first; node; node = node->next) {
        if (index >= 0 && node->index == index) return node;
        if (node->key.length == key.length && node->index == index &&
            memcmp(node->key.bytes, key.bytes, key.length) == 0)
            return node;
    }
    return NULL;
}

static enum st_tree_error add(st_tree *t, st_node *table, st_run key, st_node **node)
{
    struct st_block *block = t->blocks;
    if (++t->nodes > ST_TREE_NODES) return ST_TREE_FULL;
    if (!block || block->used == BLOCK) {
        block = calloc(1, sizeof *block);
        if (!block) return ST_TREE_NO_MEMORY;
        block->next = t->blocks;
        t->blocks = block;
    }
    *node = &block->nodes[block->used++];
    (*node)->key = key;
    (*node)->index = index_of(key);
    if (table->last) table->last->next = *node;
    else table->first = *node;
    table->last = *node;
    table->count++;
    if ((*node)->index >= table->next_index) table->next_index = (*node)->index + 1;
    return ST_TREE_OK;
}

/* A new element for a[]. */
static enum st_tree_error add_element(st_tree *t, st_node *table, st_node **node)
{
    int index = table->next_index++;
    enum st_tree_error error = add(t, table, (st_run){ "", 0 }, node);
    if (!error) (*node)->index = index;
    return error;
}

/* Takes the next [segment] off a name; brackets in it must match. */
static bool next_segment(st_run *name, st_run *segment)
{
    int depth = 0;
    for (size_t i = 0; i < name->length; i++) {
        depth += (name->bytes[i] == '[') - (name->bytes[i] == ']');
        if (depth != 0) continue;
        *segment = (st_run){ name->bytes + 1, i - 1 };
        *name = (st_run){ name->bytes + i + 1, name->length - i - 1 };
        return i > 0;
    }
    return false;
}

/* What follows the first segment of a name; nothing when it is not of the form a[b][c]. */
static st_run behind_first(st_run name)
{
    const st_run nothing = { name.bytes + name.length, 0 };
    const char *bracket = name.length > 0 ? memchr(name.bytes, '[', name.length) : NULL;
    if (!bracket || bracket == name.bytes) return nothing;
    st_run rest = { bracket, name.length - (size_t)(bracket - name.bytes) }, check = rest, segment;
    while (check.length > 0)
        if (!next_segment(&check, &segment)) return nothing;
    return rest;
}

/* The element that a[][b] means: the last one while it has no b, else a new one. */
static st_node *open_element(const st_node *table, st_run rest)
{
    st_run segment;
    st_node *last = table->last;
    if (!last || last->key.length > 0 || last->kind != ST_NODE_TABLE) return NULL;
    if (!next_segment(&rest, &segment) || segment.length == 0) return NULL;
    return find(last, segment) ? NULL : last;
}

/* The child for a segment, behind which there is the rest of the name. */
static enum st_tree_error child(st_tree *t, st_node *table, st_run segment, st_run rest,
                                bool element, st_node **node)
{
    if (table->kind != ST_NODE_NEW && table->kind != ST_NODE_TABLE) return ST_TREE_CONFLICT;
    table->kind = ST_NODE_TABLE;
    if (element) {
        *node = open_element(table, rest);
        return *node ? ST_TREE_OK : add_element(t, table, node);
    }
    *node = find(table, segment);
    return *node ? ST_TREE_OK : add(t, table, segment, node);
}

enum st_tree_error st_tree_place(st_tree *t, st_run name, st_node **node)
{
    st_run rest = behind_first(name);
    st_run segment = { name.bytes, name.length - rest.length };
    int depth = 0;
    if (++t->pairs > ST_TREE_PAIRS) return ST_TREE_FULL;
    enum st_tree_error error = child(t, &t->root, segment, rest, false, node);
    while (!error && rest.length > 0) {
        if (++depth >= ST_TREE_DEPTH) return ST_TREE_DEEP;
        next_segment(&rest, &segment);
        error = child(t, *node, segment, rest, segment.length == 0, node);
    }
    if (!error && (*node)->kind == ST_NODE_TABLE) return ST_TREE_CONFLICT;
    return error;
}

bool st_tree_sort(st_node *table)
{
    st_node *node = table->first, *next;
    for (st_node *n = node; n; n = n->next)
        if (n->index < 0) return false;
    table->first = table->last = NULL;
    for (; node; node = next) {
        next = node->next;
        node->next = NULL;
        if (!table->last || table->last->index <= node->index) { /* mostly they are in order */
            if (table->last) table->last->next = node;
            else table->first = node;
            table->last = node;
            continue;
        }
        st_node **link = &table->first;
        while ((*link)->index <= node->index) link = &(*link)->next;
        node->next = *link;
        *link = node;
    }
    return true;
}
