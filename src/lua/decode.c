/* decode.c - ring 2b. */
#include "binding.h"

void st_open_decode(lua_State *L)
{
    (void)L;
}
