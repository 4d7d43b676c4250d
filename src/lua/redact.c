/* redact.c - ring 2b. */
#include "binding.h"

void st_open_redact(lua_State *L)
{
    (void)L;
}
