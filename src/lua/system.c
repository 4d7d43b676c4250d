/* system.c - ring 2b: clocks, sleep, randomness and a digest for Lua. */
#include "system.h"

#include "binding.h"

#include <errno.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/random.h> /* getrandom */
#include <time.h>

#define VERSION "0.1.0"

enum {
    RANDOM_MAX_BYTES = 1 << 16, /* of one core.random */
    SLEEP_MAX = 1 << 30         /* seconds, 34 years: keeps time_t safe on every platform */
};

int st_system_random(void *out, size_t n)
{
    unsigned char *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

int st_system_uuid(char out[ST_UUID_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[16];
    if (st_system_random(bytes, sizeof bytes) != 0) return -1;
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* the RFC's variant */
    char *p = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
        *p++ = hex[bytes[i] >> 4];
        *p++ = hex[bytes[i] & 15];
    }
    *p = '\0';
    return 0;
}

static int push_failure(lua_State *L)
{
    lua_pushnil(L);
    lua_pushfstring(L, "no randomness from the system: %s", strerror(errno));
    return 2;
}

static lua_Number read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9;
}

/* now() -> seconds of a clock that never jumps, from an arbitrary start */
static int now(lua_State *L)
{
    lua_pushnumber(L, read_clock(CLOCK_MONOTONIC));
    return 1;
}

/* time() -> Unix seconds with a fraction */
static int wall_time(lua_State *L)
{
    lua_pushnumber(L, read_clock(CLOCK_REALTIME));
    return 1;
}

/* sleep(seconds): a signal does not shorten it */
static int sleep_seconds(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds == seconds, 1, "not a number of seconds");
    if (seconds <= 0) return 0;
    if (seconds > SLEEP_MAX) seconds = SLEEP_MAX;
    struct timespec rest;
    rest.tv_sec = (time_t)seconds;
    rest.tv_nsec = (long)((seconds - (lua_Number)rest.tv_sec) * 1e9);
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) continue;
    return 0;
}

/* uuid() -> text | nil, message */
static int uuid(lua_State *L)
{
    char text[ST_UUID_SIZE];
    if (st_system_uuid(text) != 0) return push_failure(L);
    lua_pushstring(L, text);
    return 1;
}

/* random(n) -> n bytes | nil, message */
static int random_bytes(lua_State *L)
{
    lua_Number n = luaL_checknumber(L, 1);
    luaL_argcheck(L, n >= 0 && n <= RANDOM_MAX_BYTES && n == (lua_Number)(int)n, 1,
                  "a whole number from 0 to 65536 expected");
    void *bytes = lua_newuserdata(L, n > 0 ? (size_t)n : 1);
    if (st_system_random(bytes, (size_t)n) != 0) return push_failure(L);
    lua_pushlstring(L, bytes, (size_t)n);
    return 1;
}

/* sha256(text) -> 64 hex digits */
static int sha256(lua_State *L)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    size_t n;
    const char *bytes = luaL_checklstring(L, 1, &n);
    SHA256((const unsigned char *)bytes, n, digest);
    st_push_hex(L, digest, sizeof digest);
    return 1;
}

static const luaL_Reg functions[] = {
    { "now", now },   { "time", wall_time },       { "sleep", sleep_seconds },
    { "uuid", uuid }, { "random", random_bytes },  { "sha256", sha256 },
    { NULL, NULL }
};

void st_open_system(lua_State *L)
{
    st_setfuncs(L, functions);
    lua_pushliteral(L, VERSION);
    lua_setfield(L, -2, "_VERSION");
}
