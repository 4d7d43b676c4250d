/* upload.h - ring 2b: what may stand for a file among the parameters. */
#ifndef ST_LUA_UPLOAD_H
#define ST_LUA_UPLOAD_H

#include "binding.h"

#include "../core/form.h"

#pragma GCC visibility push(hidden)

/* Writes the value on top of the stack as the file that the form wants: a file handle, or a table
   { path = ... } or { content = text or file handle }, with filename and type if wished (data and
   name are taken too: so Stripe's libraries spell content and filename). 1: written; -1: refused;
   0: that is no file, and the form may refuse it by itself. Files are read while they are sent,
   from a descriptor of our own. */
int st_upload_write(lua_State *L, st_form *form);

#pragma GCC visibility pop

#endif
