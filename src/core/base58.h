/*
 * base58.h - ring 1: the 58 characters in which bitcoin and solana write bytes, and bitcoin's
 * checksum at the end of them.
 */
#ifndef ST_CORE_BASE58_H
#define ST_CORE_BASE58_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_BASE58_TEXT = 64,    /* most characters that are read */
    ST_BASE58_BYTES = 64,   /* room for what they may stand for */
    ST_BASE58_CHECKSUM = 4  /* bytes of it */
};

/* The position of the first character that is none of the 58; n when there is none. */
size_t st_base58_span(const char *text, size_t n);

/* Reads n characters: the number of bytes. -1: another character, or more than ST_BASE58_TEXT. */
int st_base58_read(const char *text, size_t n, unsigned char out[ST_BASE58_BYTES]);

/* Whether the last four of n bytes begin the double SHA-256 of those before them. */
bool st_base58_checksum_fits(const unsigned char *bytes, size_t n);

#pragma GCC visibility pop

#endif
