/*
 * keccak.h - ring 1: Keccak-256 with its first padding, as Ethereum has it.
 *
 * Not SHA3-256: that pads with other bits. libcrypto has this one only since 3.2.
 */
#ifndef ST_CORE_KECCAK_H
#define ST_CORE_KECCAK_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { ST_KECCAK_SIZE = 32 }; /* bytes of a digest */

/* The digest of n bytes. */
void st_keccak256(const void *data, size_t n, unsigned char out[ST_KECCAK_SIZE]);

#pragma GCC visibility pop

#endif
