/* params.c - ring 2b. */
#include "binding.h"

void st_open_params(lua_State *L)
{
    (void)L;
}
