/*
 * channel.h - ring 2a: what one Lua state holds of an engine.
 *
 * Orders go to the engine's inbox, news come back through the channel's outbox, and a transfer
 * stays the channel's until it is told as done. Nothing else of an engine is touched from here. Its
 * owner is the caller, and an order is carried out as it is given, unless the engine collects them;
 * where a thread is the owner, a Lua state has a mailbox instead.
 */
#ifndef ST_ENGINE_CHANNEL_H
#define ST_ENGINE_CHANNEL_H

#include "engine.h"

#pragma GCC visibility push(hidden)

typedef struct st_channel {
    st_engine *engine;    /* owned; NULL: closed */
    st_transfer *running; /* doubly linked */
    int active;           /* how many those are */
    st_transfer *told, **last_told; /* the outbox, oldest first */
} st_channel;

/* A channel without an engine. Allocates nothing. */
void st_channel_init(st_channel *c);

/* Gives the channel an engine if it has none, or has another process's: in the child of a fork
   its transfers end there as canceled. False with errno when none can be made. */
bool st_channel_open(st_channel *c);

/* Sends the next attempt of a call, whose owner gets it back from st_channel_next. NULL when
   memory is short. */
st_transfer *st_channel_start(st_channel *c, st_call *call, st_wire *wire, bool watched,
                              void *owner);

/* Ends a transfer from outside; what became of it is told like any end. */
void st_channel_cancel(st_transfer *t, enum st_failure why, st_text message);

/* Its chunks were taken: lets it go on. */
void st_channel_resume(st_transfer *t);

/* The oldest transfer that there is something to tell of, and what (a set of st_news); NULL when
   there is none. One that is done is the caller's now: settle it, then release it. */
st_transfer *st_channel_next(st_channel *c, int *news);
void st_channel_release(st_transfer *t);

/* The call is about to be freed: its transfer ends without a word to it, and is released. */
void st_channel_abandon(st_transfer *t);

/* Lets go of one that is done, so that another thread may settle it and free it. */
void st_channel_unlink(st_transfer *t);

/* Steps the engine until there is something to tell, at most so many seconds (negative: any time);
   a signal ends it early. */
void st_channel_wait(st_channel *c, double seconds);

/* Ends all transfers as canceled and closes the engine; what is in the outbox stays there. */
void st_channel_close(st_channel *c);

/* The same, and nobody is told. */
void st_channel_free(st_channel *c);

/* For the engine and its callbacks: puts a transfer into its channel's outbox. */
void st_channel_tell(st_transfer *t, int news);

#pragma GCC visibility pop

#endif
