/* decimal.c - ring 2b. */
#include "binding.h"

void st_open_decimal(lua_State *L)
{
    (void)L;
}
