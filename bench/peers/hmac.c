/* hmac.c - bench: one HMAC-SHA256, bound to Lua with nothing to spare. */
#include <lauxlib.h>
#include <lua.h>
#include <openssl/evp.h>
#include <openssl/params.h>

int luaopen_hmac(lua_State *L);

static EVP_MAC_CTX *context;

/* hmac(secret, text) -> 32 bytes */
static int hmac(lua_State *L)
{
    unsigned char value[32];
    size_t secret_length, length, n;
    const char *secret = luaL_checklstring(L, 1, &secret_length);
    const char *text = luaL_checklstring(L, 2, &length);
    if (!EVP_MAC_init(context, (const unsigned char *)secret, secret_length, NULL) ||
        !EVP_MAC_update(context, (const unsigned char *)text, length) ||
        !EVP_MAC_final(context, value, &n, sizeof value))
        return luaL_error(L, "libcrypto failed");
    lua_pushlstring(L, (const char *)value, n);
    return 1;
}

__attribute__((visibility("default"))) int luaopen_hmac(lua_State *L)
{
    char digest[] = "SHA256";
    OSSL_PARAM settings[] = { OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                              OSSL_PARAM_construct_end() };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    if (!context || !EVP_MAC_CTX_set_params(context, settings))
        return luaL_error(L, "libcrypto has no HMAC");
    lua_pushcfunction(L, hmac);
    return 1;
}
