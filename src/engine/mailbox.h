/*
 * mailbox.h - ring 2a: what one Lua state holds of the engine that runs in a thread.
 *
 * It is to that engine what a channel is to one of the caller's own: orders go to the thread's
 * inbox, news come back through the mailbox's outbox, and a lock guards both. A call under way
 * belongs to the thread, except for its chunks while they wait to be taken. A mailbox has one
 * owner: the thread that runs its Lua state.
 */
#ifndef ST_ENGINE_MAILBOX_H
#define ST_ENGINE_MAILBOX_H

#include "bell.h"
#include "transfer.h"

#include <pthread.h>

#pragma GCC visibility push(hidden)

struct st_thread;

/* Beside those of st_order: the call is about to be freed. */
enum { ST_ORDER_ABANDON = 8 };

/* How far the two bodies of a call are, bytes; negative: unknown. */
typedef struct st_progress {
    double sent, to_send, received, to_receive;
} st_progress;

/* One attempt of a call, in the hands of the thread. */
typedef struct st_job {
    st_call *call; /* outlives the job, or is taken away by st_mailbox_abandon */
    void *owner;   /* of whoever started it; opaque */
    st_wire *wire; /* retained */
    struct st_mailbox *box;
    struct st_job *next, *previous; /* among those of its mailbox; its owner's alone */
    double skew;   /* the call's clock is that much ahead of the machine's */
    bool watched;
    bool left;     /* in the parent of a fork */

    st_transfer *transfer; /* the thread's; the owner's as soon as the job is done */

    /* Guarded by the thread's lock. */
    int orders, news;         /* sets of st_order and st_news */
    bool done;                /* it was told so: the thread has let go of the transfer */
    bool ordered, told;       /* whether it is in the inbox, the outbox */
    bool held;                /* the thread has taken it out of the inbox, and will come to it */
    bool released;            /* its owner is done with it: the thread frees it */
    struct st_job *next_ordered, *next_told;
    st_progress progress;     /* of a watched one */
    enum st_failure why;      /* of the first cancel; ST_FAILURE_NONE: there was none */
    char message[CURL_ERROR_SIZE];

    int taken;                /* orders, the thread's alone */
    struct st_job *next_taken;
} st_job;

typedef struct st_mailbox {
    struct st_thread *thread; /* NULL: closed */
    st_job *running;          /* doubly linked */
    int active;               /* how many those are */
    st_bell bell;             /* changed under the lock of bells */

    /* Guarded by the thread's lock. */
    st_job *told, **last_told; /* the outbox, oldest first */
    bool listening;            /* somebody awaits the bell */
    bool rung;                 /* it rang, or is about to, and was not heard yet */
    struct st_mailbox *next_to_ring;
    bool waiting;              /* the owner waits for news in place, */
    pthread_cond_t changed;    /* by this */
} st_mailbox;

/* A mailbox without a thread. */
void st_mailbox_init(st_mailbox *m);

/* Gives it the process's thread, starting that, if it has none or another process's: in the
   child of a fork its jobs end there as canceled. False with errno when there can be none. */
bool st_mailbox_open(st_mailbox *m);

/* As the functions of a channel. */
st_job *st_mailbox_start(st_mailbox *m, st_call *call, st_wire *wire, bool watched, void *owner);
void st_mailbox_cancel(st_job *job, enum st_failure why, st_text message);
void st_mailbox_resume(st_job *job);

/* The oldest job that there is something to tell of, and what; NULL when there is none. *more:
   there is something to tell of others. One that is done is the caller's now: settle it, then
   release it. */
st_job *st_mailbox_next(st_mailbox *m, int *news, st_progress *progress, bool *more);
bool st_job_settle(st_job *job);
void st_mailbox_release(st_job *job);

/* The call is about to be freed: its job ends without a word to it. Waits for the thread. */
void st_mailbox_abandon(st_job *job);

/* Waits in place until there are news, at most so many seconds (negative: any time). */
void st_mailbox_wait(st_mailbox *m, double seconds);

/* The bell was heard: from now on it may ring again. */
void st_mailbox_heard(st_mailbox *m);

/* Where the event loop is to connect to be rung: a path. *fresh: nobody has connected there yet,
   and st_mailbox_accept is to follow; else the loop has the connection. NULL with errno when
   there can be none. */
const char *st_mailbox_bell(st_mailbox *m, bool *fresh);
bool st_mailbox_accept(st_mailbox *m);

/* Whether to ring. To stop is refused (false) while a ring waits to be heard. */
bool st_mailbox_listen(st_mailbox *m, bool listen);

/* Whether whoever awaits the bell is still there. */
bool st_mailbox_connected(st_mailbox *m);

/* Ends all jobs as canceled, and leaves the thread, which ends when this was the last mailbox.
   What is in the outbox stays there. */
void st_mailbox_close(st_mailbox *m);

/* The same when the calls may be gone already: nobody is told, and the thread stays for others. */
void st_mailbox_free(st_mailbox *m);

/* For the thread, which holds its lock: puts a job into its mailbox's outbox, and rings. */
void st_mailbox_tell(st_job *job, int news);

/* With the lock held: rings when that is free, unless it rang already or nobody listens. */
void st_mailbox_ring(st_mailbox *m);

/* Frees a job that neither side holds. */
void st_job_free(st_job *job);

#pragma GCC visibility pop

#endif
