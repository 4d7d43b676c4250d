/*
 * problem.h - ring 1: why parameters were refused, said once, where the knowledge is.
 *
 * The client turns a problem into a validation error, the simulator into the server's sentence;
 * so it holds both our message and the facts under it.
 */
#ifndef ST_CORE_PROBLEM_H
#define ST_CORE_PROBLEM_H

#include "buffer.h"

#include <stdarg.h>

#pragma GCC visibility push(hidden)

enum st_problem_kind {
    ST_PROBLEM_NONE,
    ST_PROBLEM_MISSING,
    ST_PROBLEM_UNKNOWN,
    ST_PROBLEM_TYPE,
    ST_PROBLEM_ENUM,
    ST_PROBLEM_TOO_LONG,
    ST_PROBLEM_TOO_FEW,
    ST_PROBLEM_TOO_MANY,
    ST_PROBLEM_NOT_CLEARABLE,
    ST_PROBLEM_METADATA,   /* a limit of metadata */
    ST_PROBLEM_EXCLUSIVE,  /* parameters that shut each other out */
    ST_PROBLEM_INCOMPLETE, /* one of a group without the others */
    ST_PROBLEM_PRECISION,
    ST_PROBLEM_RANGE,
    ST_PROBLEM_NUMBER,     /* no such number on the wire, or not without losing digits */
    ST_PROBLEM_TEXT,       /* bytes that are no UTF-8, or that would break the body */
    ST_PROBLEM_TABLE,      /* neither a list nor a map, cyclic, or too deep */
    ST_PROBLEM_PATH        /* an id, or a path */
};

typedef struct st_problem {
    enum st_problem_kind kind;
    st_buffer param;           /* full path of the parameter: "request[headers][0][name]" */
    st_buffer message;         /* a sentence for the caller */
    st_buffer names;           /* the parameters concerned, each ended by a NUL; may be empty */
    st_buffer value;           /* reader only: the refused text, unless it is sensitive */
    const char *expected;      /* the type that was wanted, as OpenAPI calls it, or NULL */
    const char *suggestion;    /* a name or value of the catalogue that is near, or NULL */
    const char *const *values; /* of an enum, or NULL */
    long long limit;           /* the limit that was passed, or 0 */
} st_problem;

/* Makes a problem that says nothing yet. Allocates nothing. */
void st_problem_init(st_problem *p);

/* Frees what it holds (wiping the value). Safe to call twice. */
void st_problem_free(st_problem *p);

/* Sets the kind and adds "<subject>: <sentence>" to the message (only the sentence when the
   subject is empty), the sentence made as by printf. The first problem stays: later ones are
   ignored. Returns false, so that a check can end with it. */
bool st_problem_set(st_problem *p, enum st_problem_kind kind, const char *subject, size_t length,
                    const char *format, va_list arguments);

/* Adds a name to names. */
void st_problem_name(st_problem *p, const char *name, size_t length);

/* The kind as Lua sees it: "too_long". */
const char *st_problem_kind_name(enum st_problem_kind kind);

#pragma GCC visibility pop

#endif
