/* catalogue.h - ring 2b: what the two files that show the catalogue to Lua share. */
#ifndef ST_LUA_CATALOGUE_H
#define ST_LUA_CATALOGUE_H

#include "binding.h"

#pragma GCC visibility push(hidden)

/* core.catalogue(): a fresh table of every resource, by name. */
int st_catalogue(lua_State *L);

/* Sets list[name] of the table on top of the stack to the texts, which end with NULL. */
void st_setlist(lua_State *L, const char *name, const char *const *texts);

/* Sets a text (unless NULL), or true (unless false), in the table on top of the stack. */
void st_settext(lua_State *L, const char *name, const char *text);
void st_setflag(lua_State *L, const char *name, int value);

/* Sets what a descriptor of core.operations() and one of core.catalogue() have in common: method,
   path, alternate_path, host, beta, list, binary, multipart, returns. */
void st_setoperation(lua_State *L, const st_operation *o, const st_resource *r);

#pragma GCC visibility pop

#endif
