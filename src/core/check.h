/*
 * check.h - ring 1: one value, name or group of parameters against the catalogue.
 *
 * The writer (form.h) and the reader (typing.h) walk their parameters and ask here at each step. A
 * check knows the path of the value at hand, so that every refusal names it in full.
 */
#ifndef ST_CORE_CHECK_H
#define ST_CORE_CHECK_H

#include "../api/catalogue.h"
#include "problem.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

enum st_validate {
    ST_VALIDATE_OFF,   /* only what has no form on the wire is refused */
    ST_VALIDATE_ON,    /* open enums are refused when one typing error from a known value */
    ST_VALIDATE_STRICT /* open enums as if closed */
};

/* What a value is, before the catalogue is asked. */
enum st_given {
    ST_GIVEN_TEXT,
    ST_GIVEN_INTEGER,
    ST_GIVEN_NUMBER,
    ST_GIVEN_BOOLEAN,
    ST_GIVEN_MAP,
    ST_GIVEN_LIST,
    ST_GIVEN_EMPTY, /* a table with nothing in it: either */
    ST_GIVEN_FILE,
    ST_GIVEN_NULL
};

typedef struct st_check {
    enum st_validate mode;
    bool reading;       /* for a server: all enums are closed, and no advice is given */
    st_buffer path;     /* of the value at hand */
    st_problem problem; /* of the first refusal */
} st_check;

/* What the rules of an operation need to know of a top-level value. */
typedef struct st_fact {
    bool truth;        /* it is true */
    int fraction;      /* digits behind the point of a decimal */
    const char *value; /* of an enum, as the catalogue spells it; else NULL */
} st_fact;

enum { ST_MEMBERS = 64 }; /* at most, of one object; bits of a set of members */

/* Makes a check; allocates nothing. */
void st_check_init(st_check *c, enum st_validate mode, bool reading);
void st_check_free(st_check *c);

/* Whether memory ran out on the way: then the problem may be missing, or cut short. */
bool st_check_no_memory(const st_check *c);

/* Goes down into a member: "metadata", then "metadata[key]". Going up is truncating the path to
   the length it had. False when the path is longer than any server reads. */
bool st_check_enter(st_check *c, const char *name, size_t length);

/* Refuses the value at hand with a sentence (without its full stop) made as by printf, and, unless
   reading, says that validate = false lets it pass. Returns false. */
bool st_check_refuse(st_check *c, enum st_problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for what no setting lets pass, since it has no form on the wire. */
bool st_check_refuse_always(st_check *c, enum st_problem_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Refuses a value that is of no type p accepts. hint: a further sentence, or NULL. */
bool st_check_refuse_type(st_check *c, const st_param *p, enum st_given given, const char *hint);

/* The index of the member with that name; -1 when there is none. */
int st_check_find(const st_param *members, const char *name, size_t length);

/* Refuses a name that is not among the members (NULL: there are none); the path is at the name. */
bool st_check_refuse_unknown(st_check *c, const st_param *members, const char *name,
                             size_t length);

/* The parameter itself, or the alternative of a union that takes such a value; NULL when p does
   not take it. */
const st_param *st_check_takes(const st_param *p, enum st_given given);

/* Checks a text that is not empty against a string parameter: format, enum, length. */
bool st_check_text(st_check *c, const st_param *p, const char *text, size_t n, st_fact *fact);

/* Checks the bounds of an integer parameter. */
bool st_check_integer(st_check *c, const st_param *p, long long n);

/* Checks the number of elements of a list. */
bool st_check_count(st_check *c, const st_param *p, int count);

/* Checks a key of metadata, the number of keys that hold a value, such a value. The path is at
   the key, at metadata, at the key. */
bool st_check_metadata_key(st_check *c, const char *key, size_t n);
bool st_check_metadata_count(st_check *c, int count);
bool st_check_metadata_value(st_check *c, const char *text, size_t n);

/* Whether an empty text, or null, is a value of p rather than nothing: it clears p, or it is a
   plain text inside an element of a list, where there is nothing yet that could be cleared. */
bool st_check_may_be_empty(const st_param *p, bool in_element);

/* Refuses the first required member that is not in the set given; the path is at their object. */
bool st_check_required(st_check *c, const st_param *members, uint64_t given);

/* Checks the rules of an operation; given and facts go by index of op->params. */
bool st_check_rules(st_check *c, const st_operation *op, uint64_t given, const st_fact *facts);

#pragma GCC visibility pop

#endif
