/* catalogue.c - ring 2b. */
#include "binding.h"

void st_open_catalogue(lua_State *L)
{
    (void)L;
}
