/*
 * strkey.h - ring 1: keys as stellar writes them: base32 of a byte that tells the kind, the key,
 * and a checksum (CRC-16/XMODEM, the low byte first). [SEP-23]
 */
#ifndef ST_CORE_STRKEY_H
#define ST_CORE_STRKEY_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_STRKEY_ACCOUNT = 6 << 3,  /* kinds, as their first byte: G..., 32 bytes */
    ST_STRKEY_SEED = 18 << 3,    /* S..., 32 bytes that nobody should see */
    ST_STRKEY_MUXED = 12 << 3    /* M..., 32 bytes and the 8 of a sub-account */
};

typedef enum st_strkey_fault {
    ST_STRKEY_FINE,
    ST_STRKEY_LENGTH,
    ST_STRKEY_ALPHABET,
    ST_STRKEY_PADDING, /* bits left over that are not zero */
    ST_STRKEY_CHECKSUM,
    ST_STRKEY_KIND     /* sound, but of another kind */
} st_strkey_fault;

/* Reads n characters as a key of that kind. */
st_strkey_fault st_strkey_check(const char *text, size_t n, int kind);

#pragma GCC visibility pop

#endif
