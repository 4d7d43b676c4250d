/* pin.h - ring 2b: keeps a shared object in memory when the Lua state that loaded it has gone. */
#ifndef ST_LUA_PIN_H
#define ST_LUA_PIN_H

#include <dlfcn.h> /* dladdr, dlopen */
#include <lua.h>

/* The shared object that the function is in. */
static inline void st_pin(lua_CFunction open)
{
    Dl_info info;
    union { lua_CFunction function; void *address; } self = { open };
    if (dladdr(self.address, &info) && info.dli_fname)
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

#endif
