/*
 * sigpipe.h - ring 2a: keeps SIGPIPE away from the process while libcurl writes.
 *
 * A write to a socket whose peer is gone may raise it. It is held off in this thread, and one
 * that came of the write is taken away; the process's own disposition stays as it is.
 */
#ifndef ST_ENGINE_SIGPIPE_H
#define ST_ENGINE_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

#pragma GCC visibility push(hidden)

typedef struct st_pipe_guard {
    sigset_t old;
    bool blocked; /* by this guard */
} st_pipe_guard;

/* Holds SIGPIPE off; every block needs its release, on the same thread. */
void st_pipe_block(st_pipe_guard *g);
void st_pipe_release(const st_pipe_guard *g);

#pragma GCC visibility pop

#endif
