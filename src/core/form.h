/*
 * form.h - ring 1: writes parameters, checking them against the catalogue on the way.
 *
 * Events come in the order of the wire; each returns false once something was refused, and
 * form.check.problem says what. A value stands where the last st_form_key or st_form_index put
 * it; the parameters of the request are a map that is open from the start.
 *
 *     st_form_init(&form, op, ST_VALIDATE_ON, NULL, &body);
 *     st_form_key(&form, "limit", 5) && st_form_integer(&form, 3) && st_form_finish(&form);
 */
#ifndef ST_CORE_FORM_H
#define ST_CORE_FORM_H

#include "check.h"
#include "json.h"
#include "source.h"

#pragma GCC visibility push(hidden)

enum { ST_FORM_DEPTH = 64 }; /* open maps and lists */

/* A map or a list that is open. */
typedef struct st_frame {
    const st_param *self;    /* what the catalogue says of it; NULL: nothing */
    const st_param *members; /* of an object; NULL: any names */
    const st_param *item;    /* of a list's or map's elements; NULL: anything */
    size_t base;             /* bytes of its path */
    uint64_t given;          /* members that were written */
    int member;              /* index of the one at hand, -1: none */
    int count;               /* elements so far */
    int cleared;             /* metadata: keys without a value */
    bool list, wrote, in_element;
} st_frame;

/* The content of an upload: bytes in memory, or a file from its offset on (fd -1: in memory). */
typedef struct st_upload {
    const char *bytes; /* borrowed */
    size_t length;
    int fd;
    int64_t offset, size;
    const char *filename, *type; /* empty: "blob", "application/octet-stream" */
    size_t filename_length, type_length;
} st_upload;

typedef struct st_form {
    st_check check;
    const st_operation *op;  /* NULL: any names, nothing checked */
    const st_param *current; /* what the catalogue says of the next value; NULL: nothing */
    const char *boundary;    /* of multipart text; NULL: urlencoded. Borrowed */
    st_source *body;         /* borrowed */
    bool needs_beta;         /* a private preview parameter was written */
    bool to_json;            /* the body is a JSON object instead */
    st_json json;
    int pairs, depth;
    st_frame frames[ST_FORM_DEPTH];
    st_fact facts[ST_MEMBERS]; /* of the request's parameters */
} st_form;

/* Makes a form that writes into body, from which it takes neither what is there nor ownership.
   op NULL: any names. An operation that uploads needs the boundary, others ignore it. */
void st_form_init(st_form *f, const st_operation *op, enum st_validate mode, const char *boundary,
                  st_source *body);
void st_form_free(st_form *f);

/* Makes it write a JSON object instead, each value by its own type. Of a form without an operation,
   before its first event. */
void st_form_to_json(st_form *f);

/* Opens a map or a list at the place of a value; closes the innermost one. */
bool st_form_begin_map(st_form *f);
bool st_form_begin_list(st_form *f);
bool st_form_end(st_form *f);

/* Says where the next value of a map, of a list, stands. */
bool st_form_key(st_form *f, const char *key, size_t n);
bool st_form_index(st_form *f);

/* A value. Text is UTF-8. A number that the parameter cannot take without loss is refused. */
bool st_form_string(st_form *f, const char *text, size_t n);
bool st_form_integer(st_form *f, long long n);
bool st_form_number(st_form *f, double x);
bool st_form_boolean(st_form *f, bool b);
bool st_form_null(st_form *f);
bool st_form_empty_array(st_form *f);

/* A table with nothing in it: nothing is sent, and it counts as not given. JSON has it as {}. */
bool st_form_empty_table(st_form *f);

/* A decimal value, already exact text. */
bool st_form_decimal(st_form *f, const char *text, size_t n);

/* Whether the value at hand is to be a file. */
bool st_form_wants_file(const st_form *f);

/* Takes ownership of upload->fd if the body does not hold a file yet, which it then owns. */
bool st_form_file(st_form *f, const st_upload *upload);

/* Ends the body: what is missing, and the rules of the operation, are checked now. */
bool st_form_finish(st_form *f);

#pragma GCC visibility pop

#endif
