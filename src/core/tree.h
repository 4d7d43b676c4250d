/*
 * tree.h - ring 1: parameters as read, names taken apart: a[b]=1&a[c]=2 is a table a of b and c.
 *
 * Nodes and decoded bytes live in the tree; memory and time are bounded by the input and by the
 * limits below, whatever a stranger sends.
 */
#ifndef ST_CORE_TREE_H
#define ST_CORE_TREE_H

#include "multipart.h" /* st_run */

#pragma GCC visibility push(hidden)

enum { ST_TREE_DEPTH = 64, ST_TREE_PAIRS = 8192, ST_TREE_NODES = 2 * ST_TREE_PAIRS };

enum st_node_kind {
    ST_NODE_NEW,
    ST_NODE_TEXT,
    ST_NODE_FILE,
    ST_NODE_TABLE, /* not known yet whether a list or a map */
    /* What typing.h makes of these. */
    ST_NODE_NULL,
    ST_NODE_INTEGER,
    ST_NODE_BOOLEAN,
    ST_NODE_LIST,
    ST_NODE_MAP
};

typedef struct st_node {
    enum st_node_kind kind;
    st_run key;                         /* its name; empty for an element given as a[] */
    int index;                          /* its place in a list; -1: the name is no number */
    st_run text, filename, type;        /* the latter two of a file */
    long long integer;                  /* or boolean */
    struct st_node *next, *first, *last; /* the next of its table; the first and last in it */
    int count, next_index;              /* of what is in it; of the next a[] */
} st_node;

typedef struct st_tree {
    st_node root; /* a table */
    struct st_block *blocks;
    char *bytes; /* decoded names and values */
    size_t used, size;
    int nodes, pairs;
} st_tree;

enum st_tree_error {
    ST_TREE_OK,
    ST_TREE_CONFLICT, /* a value and a table under one name */
    ST_TREE_DEEP,
    ST_TREE_FULL,     /* more than ST_TREE_PAIRS or ST_TREE_NODES */
    ST_TREE_NO_MEMORY
};

/* Makes an empty tree for an input of that many bytes. */
enum st_tree_error st_tree_init(st_tree *t, size_t input);
void st_tree_free(st_tree *t);

/* Room for as many bytes as all input had: what is stored there is never longer. */
char *st_tree_bytes(st_tree *t);
st_run st_tree_keep(st_tree *t, char *end);

/* Finds or makes the node of a full name; a value there before is to be replaced. The name stays
   where it is and must live as long as the tree. */
enum st_tree_error st_tree_place(st_tree *t, st_run name, st_node **node);

/* Puts the members of a table whose names are all numbers in the order of these; false when one
   is no number. */
bool st_tree_sort(st_node *table);

#pragma GCC visibility pop

#endif
