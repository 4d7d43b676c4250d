/* squeeze.h - ring 1: makes a JSON text shorter before it is decoded. */
#ifndef ST_CORE_SQUEEZE_H
#define ST_CORE_SQUEEZE_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/*
 * Takes blanks between tokens, and members of objects whose value is null, out of a JSON text, in
 * place. True: nothing of these is left. False: from some point on it is as it was, since it was
 * strange there. A text that is no JSON does not become any. Of a key that stands twice in an
 * object, a null does not hide the other value any more.
 */
bool st_squeeze(char *text, size_t *length);

#pragma GCC visibility pop

#endif
