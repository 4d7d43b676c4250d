/* wallet.c - ring 2b: addresses of wallets, looked at before coins are sent there. */
#include "binding.h"

#include "../core/wallet.h"

/* wallet(network, address) -> true | nil, message, fault: "unknown", "form", "length", "alphabet",
   "checksum", "elsewhere" or "secret" */
static int wallet(lua_State *L)
{
    char message[ST_WALLET_MESSAGE];
    size_t n;
    const char *network = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TSTRING);
    const char *address = lua_tolstring(L, 2, &n);
    st_wallet_fault fault = st_wallet_check(network, address, n, message);
    if (fault == ST_WALLET_FINE) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, message);
    lua_pushstring(L, st_wallet_fault_name(fault));
    return 3;
}

void st_open_wallet(lua_State *L)
{
    lua_pushcfunction(L, wallet);
    lua_setfield(L, -2, "wallet");
}
