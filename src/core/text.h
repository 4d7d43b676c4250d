/*
 * text.h - ring 1: UTF-8, percent escapes, and how far two words are apart.
 */
#ifndef ST_CORE_TEXT_H
#define ST_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { ST_TEXT_WORD = 64, ST_TEXT_FAR = 1000 };

/* How many UTF-8 characters the bytes are; -1 when they are not UTF-8 (RFC 3629: no surrogates,
   no over-long forms, nothing above U+10FFFF). */
long long st_text_length(const char *bytes, size_t n);

/* The byte that the escape %XX at p stands for; -1 when there is none before end. */
int st_text_escape(const char *p, const char *end);

/* Typing errors between two words: letters added, left out, exchanged, or swapped with their
   neighbour. ST_TEXT_FAR when either is longer than ST_TEXT_WORD bytes. */
int st_text_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#pragma GCC visibility pop

#endif
