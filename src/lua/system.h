/*
 * system.h - ring 2b: what the core needs of the operating system besides memory: randomness.
 *
 * Both fail closed: without the kernel's generator there is no key and no id, never a weak one.
 */
#ifndef ST_LUA_SYSTEM_H
#define ST_LUA_SYSTEM_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { ST_UUID_SIZE = 37 }; /* 36 characters and the NUL */

/* Fills out with n bytes of getrandom(2): 0, or -1 with errno set. */
int st_system_random(void *out, size_t n);

/* Writes a random UUID (version 4, RFC 9562) in lower case: 0, or -1 with errno set. */
int st_system_uuid(char out[ST_UUID_SIZE]);

#pragma GCC visibility pop

#endif
