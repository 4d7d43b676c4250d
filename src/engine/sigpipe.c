/* sigpipe.c - ring 2a: keeps SIGPIPE away from the process while libcurl writes. */
#include "sigpipe.h"

#include <errno.h>
#include <time.h>

static void only_pipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

/* Where the thread blocks the signal already, one that waits is not ours to take. */
void st_pipe_block(st_pipe_guard *g)
{
    sigset_t pipe;
    only_pipe(&pipe);
    g->blocked = pthread_sigmask(SIG_BLOCK, &pipe, &g->old) == 0 &&
                 !sigismember(&g->old, SIGPIPE);
}

void st_pipe_release(const st_pipe_guard *g)
{
    static const struct timespec now;
    sigset_t pipe;
    if (!g->blocked) return;
    only_pipe(&pipe);
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) continue;
    pthread_sigmask(SIG_SETMASK, &g->old, NULL);
}
