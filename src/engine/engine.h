/*
 * engine.h - ring 2a: many transfers at once, behind one file descriptor.
 *
 * An engine owns curl multis, an epoll descriptor with every socket of libcurl in it, and a timer
 * in that same epoll: when the one descriptor is readable, st_engine_step has work. It has
 * one owner, who alone may call st_engine_step; channels give it orders.
 *
 * After a fork the child has a copy whose connections are the parent's: st_engine_stale tells,
 * and st_engine_forget then gets rid of the copy without a word on those connections.
 */
#ifndef ST_ENGINE_ENGINE_H
#define ST_ENGINE_ENGINE_H

#include "transfer.h"

#pragma GCC visibility push(hidden)

typedef struct st_engine st_engine;

/* Starts libcurl, which the first engine would do. */
void st_engine_prepare(void);

/* A new engine; NULL with errno when there is no memory or no descriptor left. */
st_engine *st_engine_new(void);

/* How many connections a host may have at once, unless a wire says otherwise. */
void st_engine_allow(st_engine *e, long connections);

/* Closes it. Its transfers must have ended, or have been ordered to. */
void st_engine_free(st_engine *e);

bool st_engine_stale(const st_engine *e);
void st_engine_forget(st_engine *e);

/* The descriptor to wait on. */
int st_engine_fd(const st_engine *e);

/* The same for an event loop, which steps only when the descriptor is readable. Orders that wait
   make it so, and from here on none waits. */
int st_engine_poll(st_engine *e);

/* Does what can be done without waiting, up to a measure, and tells the channels. True when more
   is there to do. */
bool st_engine_step(st_engine *e);

/* The same when it waits until the descriptor is readable, at most so many seconds (negative: any
   time). False when nothing came until then, or a signal did. */
bool st_engine_run(st_engine *e, double seconds);

/* Seconds of the clock that engines go by. */
double st_engine_clock(void);

/* Puts an order into the inbox. The owner is the caller: it is carried out at once, unless the
   engine collects orders: then by the next step, when it is told to serve, or with an order that
   comes long after the first one. */
void st_engine_order(st_engine *e, st_transfer *t, enum st_order order);
void st_engine_collect(st_engine *e, bool collects);
void st_engine_serve(st_engine *e);

/* Ends a transfer at once, whatever it has been ordered to do. */
void st_engine_abandon(st_engine *e, st_transfer *t);

/* Gives a transfer a handle with the settings of a wire, and the engine's time; false when
   memory is short. */
bool st_engine_take_handle(st_engine *e, st_transfer *t, st_wire *wire);
void st_engine_give_handle(st_engine *e, st_transfer *t);

#pragma GCC visibility pop

#endif
