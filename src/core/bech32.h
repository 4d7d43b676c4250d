/*
 * bech32.h - ring 1: bitcoin's segregated witness addresses. [BIP-173, BIP-350]
 *
 * An address is a prefix, a 1, and data of 32 characters: a version, a program of 2 to 40 bytes,
 * and six characters of checksum. Version 0 has the checksum bech32, later ones have bech32m.
 */
#ifndef ST_CORE_BECH32_H
#define ST_CORE_BECH32_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_BECH32_TEXT = 90,    /* most characters of an address */
    ST_BECH32_PROGRAM = 40, /* most bytes of a program */
    ST_BECH32_PREFIX = 83   /* most characters of a prefix */
};

typedef enum st_bech32_fault {
    ST_BECH32_FINE,
    ST_BECH32_LENGTH,
    ST_BECH32_CASE,     /* both small and capital letters */
    ST_BECH32_FORM,     /* no prefix, or no data */
    ST_BECH32_ALPHABET, /* a character that data has none of */
    ST_BECH32_CHECKSUM,
    ST_BECH32_VARIANT,  /* the checksum of another version */
    ST_BECH32_VERSION,  /* above 16 */
    ST_BECH32_PADDING,  /* bits left over that are not zero, or too many */
    ST_BECH32_SIZE      /* a program that is too short, too long, or none of version 0 */
} st_bech32_fault;

typedef struct st_bech32 {
    char prefix[ST_BECH32_PREFIX + 1]; /* in small letters */
    int version;                       /* 0 to 16 */
    unsigned char program[ST_BECH32_PROGRAM];
    int length; /* of the program */
} st_bech32;

/* Reads n characters, any bytes will do. The prefix is set unless the fault is one of length, case
   or form; the rest only when it is fine. */
st_bech32_fault st_bech32_read(st_bech32 *address, const char *text, size_t n);

#pragma GCC visibility pop

#endif
