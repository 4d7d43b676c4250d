/* mailbox.c - ring 2a: what one Lua state holds of the engine that runs in a thread. */
#include "mailbox.h"
#include "channel.h"
#include "thread.h"

#include <stdio.h> /* snprintf */
#include <stdlib.h>
#include <string.h>

void st_mailbox_init(st_mailbox *m)
{
    memset(m, 0, sizeof *m);
    m->last_told = &m->told;
    st_bell_init(&m->bell);
}

static void mark(st_job *job, enum st_failure why, st_text message)
{
    int length = message.length < sizeof job->message ? (int)message.length
                                                      : (int)sizeof job->message - 1;
    job->why = why;
    snprintf(job->message, sizeof job->message, "%.*s", length, message.data);
}

/* In the child of a fork. The lock may be held by a thread that is not there, and what it guards
   be half done: nothing of that is looked at. */
static void leave_to_parent(st_mailbox *m)
{
    static const char why[] = "the process has forked, and the call stays with its parent";
    m->thread = NULL;
    m->told = NULL;
    m->last_told = &m->told;
    m->listening = m->rung = false;
    st_bell_close(&m->bell);
    for (st_job *job = m->running; job; job = job->next) {
        if (!job->left) mark(job, ST_FAILURE_CANCELED, (st_text){ why, sizeof why - 1 });
        job->left = true;
        job->told = job->ordered = job->held = false;
        st_mailbox_tell(job, ST_NEWS_DONE);
    }
}

/* Whether there is a thread to speak to. */
static bool is_open(st_mailbox *m)
{
    if (m->thread && st_thread_stale(m->thread)) leave_to_parent(m);
    return m->thread != NULL;
}

bool st_mailbox_open(st_mailbox *m)
{
    pthread_condattr_t attributes;
    if (is_open(m)) return true;
    m->thread = st_thread_enter();
    if (!m->thread) return false;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&m->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return true;
}

void st_mailbox_ring(st_mailbox *m)
{
    if (m->rung || !m->listening) return;
    m->rung = true;
    st_thread_ring(m->thread, m);
}

void st_mailbox_tell(st_job *job, int news)
{
    st_mailbox *m = job->box;
    job->news |= news;
    job->done = job->done || news & ST_NEWS_DONE;
    if (!job->told) {
        job->told = true;
        job->next_told = NULL;
        *m->last_told = job;
        m->last_told = &job->next_told;
    }
    st_mailbox_ring(m);
    if (m->waiting) pthread_cond_signal(&m->changed);
}

st_job *st_mailbox_next(st_mailbox *m, int *news, st_progress *progress, bool *more)
{
    st_thread *t = is_open(m) ? m->thread : NULL;
    if (t) st_thread_lock(t);
    st_job *job = m->told;
    if (job) {
        m->told = job->next_told;
        if (!m->told) m->last_told = &m->told;
        *news = job->news;
        job->news = 0;
        job->told = false;
        *progress = job->progress;
    }
    *more = m->told != NULL;
    if (t) st_thread_unlock(t);
    return job;
}

static void order(st_job *job, int what)
{
    st_thread *t = job->box->thread;
    st_thread_lock(t);
    bool asleep = st_thread_order(t, job, what);
    st_thread_unlock(t);
    if (asleep) st_thread_wake(t);
}

st_job *st_mailbox_start(st_mailbox *m, st_call *call, st_wire *wire, bool watched, void *owner)
{
    st_job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    job->call = call;
    job->owner = owner;
    job->wire = st_wire_retain(wire);
    job->box = m;
    job->watched = watched;
    job->skew = call->started - st_engine_clock();
    job->next = m->running;
    if (job->next) job->next->previous = job;
    m->running = job;
    m->active++;
    order(job, ST_ORDER_START);
    return job;
}

void st_mailbox_cancel(st_job *job, enum st_failure why, st_text message)
{
    st_mailbox *m = job->box;
    if (!is_open(m)) return;
    st_thread_lock(m->thread);
    bool asleep = false;
    if (!job->done && job->why == ST_FAILURE_NONE) { /* once: the thread reads it unlocked */
        mark(job, why, message);
        asleep = st_thread_order(m->thread, job, ST_ORDER_CANCEL);
    }
    st_thread_unlock(m->thread);
    if (asleep) st_thread_wake(m->thread);
}

void st_mailbox_resume(st_job *job)
{
    if (is_open(job->box)) order(job, ST_ORDER_RESUME);
}

/* The job's call failed before libcurl had it, or stays with the parent, who may send it yet. */
static bool fail(st_job *job, enum st_failure why, const char *message)
{
    st_call_failed(job->call, st_engine_clock() + job->skew, why,
                   (st_text){ message, strlen(message) }, job->left ? ST_SENT_MAYBE : ST_SENT_NO,
                   why == ST_FAILURE_CANCELED);
    return false;
}

bool st_job_settle(st_job *job)
{
    st_transfer *transfer = job->transfer;
    if (!transfer && job->left) return fail(job, job->why, job->message);
    if (!transfer) return fail(job, ST_FAILURE_ABORTED, "not enough memory");
    if (job->left) {
        transfer->canceled = job->why;
        transfer->sending = true;
        st_transfer_explain(transfer, (st_text){ job->message, strlen(job->message) });
        transfer->ended = st_engine_clock();
    }
    return st_transfer_settle(transfer);
}

void st_job_free(st_job *job)
{
    st_wire_release(job->wire);
    free(job);
}

void st_mailbox_release(st_job *job)
{
    st_mailbox *m = job->box;
    st_thread *t = m->thread;
    if (job->previous) job->previous->next = job->next;
    else m->running = job->next;
    if (job->next) job->next->previous = job->previous;
    m->active--;
    if (job->transfer) st_transfer_free(job->transfer);
    if (t) st_thread_lock(t);
    job->released = job->ordered || job->held;
    bool ours = !job->released;
    if (t) st_thread_unlock(t);
    if (ours) st_job_free(job);
}

static void take_from_outbox(st_mailbox *m, const st_job *job)
{
    st_job **link = &m->told;
    while (*link && *link != job) link = &(*link)->next_told;
    if (*link) *link = job->next_told;
    for (link = &m->told; *link;) link = &(*link)->next_told;
    m->last_told = link;
}

/* Waits, with the lock held, until the thread is done with a job, and will not come to it again. */
static void wait_for_end(st_thread *t, st_job *job)
{
    st_mailbox *m = job->box;
    m->waiting = true;
    while (!job->done || job->ordered || job->held) st_thread_wait(t, &m->changed, -1);
    m->waiting = false;
}

void st_mailbox_abandon(st_job *job)
{
    st_mailbox *m = job->box;
    if (is_open(m)) {
        st_thread *t = m->thread;
        st_thread_lock(t);
        if (!job->done) {
            if (st_thread_order(t, job, ST_ORDER_ABANDON)) st_thread_wake(t);
            wait_for_end(t, job);
        }
        take_from_outbox(m, job);
        st_thread_unlock(t);
    } else {
        take_from_outbox(m, job);
    }
    st_mailbox_release(job);
}

void st_mailbox_wait(st_mailbox *m, double seconds)
{
    if (!is_open(m)) return;
    st_thread_lock(m->thread);
    m->waiting = true;
    if (!m->told) st_thread_wait(m->thread, &m->changed, seconds);
    m->waiting = false;
    st_thread_unlock(m->thread);
}

void st_mailbox_heard(st_mailbox *m)
{
    if (!is_open(m)) return;
    st_thread_lock(m->thread);
    m->rung = false;
    st_thread_unlock(m->thread);
}

const char *st_mailbox_bell(st_mailbox *m, bool *fresh)
{
    if (!is_open(m)) return NULL;
    st_thread_lock(m->thread);
    st_thread_lock_bells(m->thread);
    *fresh = !st_bell_connected(&m->bell);
    bool good = !*fresh || st_bell_open(&m->bell);
    if (*fresh) m->rung = false;
    st_thread_unlock_bells(m->thread);
    st_thread_unlock(m->thread);
    return good ? m->bell.path : NULL;
}

bool st_mailbox_accept(st_mailbox *m)
{
    if (!is_open(m)) return false;
    st_thread_lock_bells(m->thread);
    bool good = st_bell_accept(&m->bell);
    st_thread_unlock_bells(m->thread);
    return good;
}

bool st_mailbox_listen(st_mailbox *m, bool listen)
{
    if (!is_open(m)) return true;
    st_thread_lock(m->thread);
    bool good = listen || !m->rung;
    if (good) m->listening = listen;
    if (m->told) st_mailbox_ring(m); /* what came before */
    st_thread_unlock(m->thread);
    return good;
}

bool st_mailbox_connected(st_mailbox *m)
{
    return is_open(m) && st_bell_connected(&m->bell);
}

static void leave(st_mailbox *m, bool end)
{
    st_thread *t = m->thread;
    st_thread_lock(t);
    m->listening = false;
    st_thread_lock_bells(t);
    st_bell_close(&m->bell);
    st_thread_unlock_bells(t);
    st_thread_unlock(t);
    m->thread = NULL;
    pthread_cond_destroy(&m->changed);
    st_thread_leave(t, end);
}

void st_mailbox_close(st_mailbox *m)
{
    static const char why[] = "the engine was closed";
    if (!is_open(m)) return;
    for (st_job *job = m->running; job; job = job->next)
        st_mailbox_cancel(job, ST_FAILURE_CANCELED, (st_text){ why, sizeof why - 1 });
    st_thread_lock(m->thread);
    for (st_job *job = m->running; job; job = job->next) wait_for_end(m->thread, job);
    st_thread_unlock(m->thread);
    leave(m, true);
}

void st_mailbox_free(st_mailbox *m)
{
    while (m->running) st_mailbox_abandon(m->running);
    if (is_open(m)) leave(m, false);
    st_bell_close(&m->bell);
}
