/* problem.c - ring 1: why parameters were refused. */
#include "problem.h"

#include <stdio.h> /* vsnprintf */
#include <string.h>

enum { CAP = 1 << 20 };

void st_problem_init(st_problem *p)
{
    memset(p, 0, sizeof *p);
    st_buffer_init(&p->param, CAP);
    st_buffer_init(&p->message, CAP);
    st_buffer_init(&p->names, CAP);
    st_buffer_init(&p->value, CAP);
}

void st_problem_free(st_problem *p)
{
    st_buffer_free(&p->param);
    st_buffer_free(&p->message);
    st_buffer_free(&p->names);
    st_buffer_wipe(&p->value);
    st_problem_init(p);
}

bool st_problem_set(st_problem *p, enum st_problem_kind kind, const char *subject, size_t length,
                    const char *format, va_list arguments)
{
    char sentence[1024];
    if (p->kind != ST_PROBLEM_NONE) return false;
    p->kind = kind;
    vsnprintf(sentence, sizeof sentence, format, arguments);
    st_buffer_append(&p->param, subject, length);
    if (length > 0) {
        st_buffer_append(&p->message, subject, length);
        st_buffer_text(&p->message, ": ");
    }
    st_buffer_text(&p->message, sentence);
    return false;
}

void st_problem_name(st_problem *p, const char *name, size_t length)
{
    st_buffer_append(&p->names, name, length);
    st_buffer_byte(&p->names, '\0');
}

const char *st_problem_kind_name(enum st_problem_kind kind)
{
    static const char *const names[] = {
        [ST_PROBLEM_NONE] = "none",
        [ST_PROBLEM_MISSING] = "missing",
        [ST_PROBLEM_UNKNOWN] = "unknown",
        [ST_PROBLEM_TYPE] = "type",
        [ST_PROBLEM_ENUM] = "enum",
        [ST_PROBLEM_TOO_LONG] = "too_long",
        [ST_PROBLEM_TOO_FEW] = "too_few",
        [ST_PROBLEM_TOO_MANY] = "too_many",
        [ST_PROBLEM_NOT_CLEARABLE] = "not_clearable",
        [ST_PROBLEM_METADATA] = "metadata",
        [ST_PROBLEM_EXCLUSIVE] = "exclusive",
        [ST_PROBLEM_INCOMPLETE] = "incomplete",
        [ST_PROBLEM_PRECISION] = "precision",
        [ST_PROBLEM_RANGE] = "range",
        [ST_PROBLEM_NUMBER] = "number",
        [ST_PROBLEM_TEXT] = "text",
        [ST_PROBLEM_TABLE] = "table",
        [ST_PROBLEM_PATH] = "path",
    };
    return names[kind];
}
