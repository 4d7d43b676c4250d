/*
 * read.h - ring 1: the inverse of form.h: text of a query or of a body to a tree of parameters.
 */
#ifndef ST_CORE_READ_H
#define ST_CORE_READ_H

#include "check.h"
#include "tree.h"

#pragma GCC visibility push(hidden)

/* Reads urlencoded text, or multipart text when content_type (may be NULL) says so, into a tree
   that was just made by st_tree_init for n bytes. False: not readable as parameters, and the
   problem says why; or out of memory, and the problem stays empty. The text must live as long as
   the tree. Names may have raw or escaped brackets; a[]=v appends; the last of equal names wins. */
bool st_read(st_tree *t, const char *text, size_t n, const char *content_type, st_check *check);

#pragma GCC visibility pop

#endif
