/* call.c - ring 2b. */
#include "binding.h"

void st_open_call(lua_State *L)
{
    (void)L;
}
