/* core.c - ring 2b: luaopen_stripe_core, the one symbol that stripe/core.so exports. */
#include "binding.h"

#include "pin.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int luaopen_stripe_core(lua_State *L);

int luaopen_stripe_core(lua_State *L)
{
    /* A LuaJIT that closes unloads what it loaded, and collects once more what its finalizers made
       meanwhile: calls, say. */
    st_pin(luaopen_stripe_core);
    lua_newtable(L);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    st_open_catalogue(L);
    st_open_route(L);
    st_open_params(L);
    st_open_call(L);
    st_open_verbatim(L);
    st_open_decode(L);
    st_open_json(L);
    st_open_redact(L);
    st_open_decimal(L);
    st_open_webhook(L);
    st_open_system(L);
    st_open_file(L);
    st_open_signals(L);
    st_open_sequence(L);
    st_open_wallet(L);
    return 1;
}
