/*
 * sequence.h - ring 1: numbers and texts that a seed decides, the same on every machine. Not for
 * secrets.
 *
 * Two small multiplicative generators combined (L'Ecuyer 1988). Their state is small enough for a
 * double, so that every Lua can keep it.
 */
#ifndef ST_CORE_SEQUENCE_H
#define ST_CORE_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

typedef struct st_sequence {
    int64_t a, b; /* 0 < a < ST_SEQUENCE_A, 0 < b < ST_SEQUENCE_B */
} st_sequence;

enum { ST_SEQUENCE_A = 2147483563, ST_SEQUENCE_B = 2147483399 };

/* The next number: 0 to ST_SEQUENCE_A - 2. */
int64_t st_sequence_next(st_sequence *s);

/* Writes n characters of an alphabet of at most 128, four for each number that it takes; adds no
   NUL. */
void st_sequence_text(st_sequence *s, const char *alphabet, char *out, size_t n);

#pragma GCC visibility pop

#endif
