/*
 * typing.h - ring 1: what the parameters of a tree are, by the catalogue.
 *
 * All is text on the wire. Typing refuses what a server refuses and leaves in each node an integer,
 * a boolean, null, a list or a map.
 */
#ifndef ST_CORE_TYPING_H
#define ST_CORE_TYPING_H

#include "check.h"
#include "tree.h"

#pragma GCC visibility push(hidden)

/* Types the tree as parameters of op, whose rules are not applied: unknown names first, all of
   them, then what is missing, then values, in the order of the wire. op NULL: texts, lists where
   the names are 0, 1, 2 and so on, and maps. False: refused, and the problem says why. */
bool st_typing(st_tree *t, const st_operation *op, st_check *check);

#pragma GCC visibility pop

#endif
