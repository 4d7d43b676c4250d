/* channel.c - ring 2a: what one Lua state holds of an engine. */
#include "channel.h"

#include <stdlib.h>
#include <string.h>

void st_channel_init(st_channel *c)
{
    memset(c, 0, sizeof *c);
    c->last_told = &c->told;
}

void st_channel_tell(st_transfer *t, int news)
{
    st_channel *c = t->channel;
    t->news |= news;
    if (t->told) return;
    t->told = true;
    t->next_told = NULL;
    *c->last_told = t;
    c->last_told = &t->next_told;
}

st_transfer *st_channel_next(st_channel *c, int *news)
{
    st_transfer *t = c->told;
    if (!t) return NULL;
    c->told = t->next_told;
    if (!c->told) c->last_told = &c->told;
    *news = t->news;
    t->news = 0;
    t->told = false;
    return t;
}

/* In the child of a fork: the transfers and their handles are copies, their sockets are not. */
static void leave_to_parent(st_channel *c)
{
    static const char why[] = "the process has forked, and the call stays with its parent";
    for (st_transfer *t = c->running; t; t = t->next) {
        if (t->news & ST_NEWS_DONE) continue;
        t->canceled = ST_FAILURE_CANCELED;
        t->sending = true; /* if not yet, it will be */
        st_transfer_explain(t, (st_text){ why, sizeof why - 1 });
        t->ended = *t->now;
        if (t->handle) st_handle_free(t->handle, false);
        t->handle = NULL;
        st_channel_tell(t, ST_NEWS_DONE);
    }
    st_engine_forget(c->engine);
    c->engine = NULL;
}

static void look_for_fork(st_channel *c)
{
    if (c->engine && st_engine_stale(c->engine)) leave_to_parent(c);
}

bool st_channel_open(st_channel *c)
{
    look_for_fork(c);
    if (!c->engine) c->engine = st_engine_new();
    return c->engine != NULL;
}

static void link_running(st_channel *c, st_transfer *t)
{
    t->channel = c;
    t->next = c->running;
    if (t->next) t->next->previous = t;
    c->running = t;
    c->active++;
}

void st_channel_unlink(st_transfer *t)
{
    st_channel *c = t->channel;
    if (t->previous) t->previous->next = t->next;
    else c->running = t->next;
    if (t->next) t->next->previous = t->previous;
    c->active--;
}

void st_channel_release(st_transfer *t)
{
    st_channel_unlink(t);
    st_transfer_free(t);
}

st_transfer *st_channel_start(st_channel *c, st_call *call, st_wire *wire, bool watched,
                              void *owner)
{
    st_transfer *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->call = call;
    t->owner = owner;
    t->watched = watched;
    t->socket = -1;
    link_running(c, t);
    if (!st_engine_take_handle(c->engine, t, wire)) {
        st_channel_release(t);
        return NULL;
    }
    if (!st_transfer_prepare(t)) {
        st_engine_give_handle(c->engine, t);
        st_channel_release(t);
        return NULL;
    }
    st_engine_order(c->engine, t, ST_ORDER_START);
    return t;
}

void st_channel_cancel(st_transfer *t, enum st_failure why, st_text message)
{
    if (t->news & ST_NEWS_DONE) return;
    t->canceled = why;
    st_transfer_explain(t, message);
    st_engine_order(t->channel->engine, t, ST_ORDER_CANCEL);
}

static void take_from_outbox(st_channel *c, const st_transfer *t)
{
    st_transfer **link = &c->told;
    while (*link && *link != t) link = &(*link)->next_told;
    if (*link) *link = t->next_told;
    for (link = &c->told; *link;) link = &(*link)->next_told;
    c->last_told = link;
}

void st_channel_abandon(st_transfer *t)
{
    st_channel *c = t->channel;
    look_for_fork(c);
    if (!(t->news & ST_NEWS_DONE)) {
        t->canceled = ST_FAILURE_CANCELED;
        st_engine_abandon(c->engine, t);
    }
    take_from_outbox(c, t);
    st_channel_release(t);
}

void st_channel_resume(st_transfer *t)
{
    if (t->news & ST_NEWS_DONE) return;
    st_engine_order(t->channel->engine, t, ST_ORDER_RESUME);
}

void st_channel_wait(st_channel *c, double seconds)
{
    bool bounded = seconds >= 0;
    double end = bounded ? st_engine_clock() + seconds : 0;
    st_engine_serve(c->engine);
    while (!c->told && st_engine_run(c->engine, seconds)) {
        if (bounded) seconds = end - st_engine_clock();
        if (bounded && seconds <= 0) return;
    }
}

void st_channel_close(st_channel *c)
{
    static const char why[] = "the engine was closed";
    look_for_fork(c);
    if (!c->engine) return;
    for (st_transfer *t = c->running; t; t = t->next)
        st_channel_cancel(t, ST_FAILURE_CANCELED, (st_text){ why, sizeof why - 1 });
    st_engine_free(c->engine);
    c->engine = NULL;
}

void st_channel_free(st_channel *c)
{
    st_channel_close(c);
    while (c->running) st_channel_release(c->running);
    st_channel_init(c);
}
