/* thread.c - ring 2a: the engine of a whole process, in a thread of its own. */
#include "thread.h"
#include "channel.h"
#include "origin.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_CONNECTIONS = 1280, /* to one host, when the process may have that many descriptors */
    LONGEST_WAIT = 86400,    /* seconds */
    TICK = 1000,             /* milliseconds */
    CROWD = 16,              /* calls under way */
    REST = 1000000           /* nanoseconds */
};

struct st_thread {
    pthread_mutex_t lock, bells;
    st_job *inbox, **last_ordered; /* oldest first */
    st_mailbox *to_ring;
    bool stop;
    bool asleep;        /* it waits, and must be woken for an order */
    int wakeup;         /* an eventfd */
    st_origin origin;
    pthread_t thread;
    int users;          /* guarded by the process's lock */
    st_channel channel; /* the thread's alone */
};

static struct {
    pthread_mutex_t lock;
    st_thread *thread; /* NULL: none runs */
    bool at_exit;      /* it has asked to be told of its end, or a parent of it has */
} process = { .lock = PTHREAD_MUTEX_INITIALIZER };

void st_thread_lock(st_thread *t)
{
    pthread_mutex_lock(&t->lock);
}

void st_thread_unlock(st_thread *t)
{
    st_mailbox *first = t->to_ring;
    t->to_ring = NULL;
    if (first) st_thread_lock_bells(t);
    pthread_mutex_unlock(&t->lock);
    for (st_mailbox *m = first, *next; m; m = next) {
        next = m->next_to_ring;
        st_bell_ring(&m->bell);
    }
    if (first) st_thread_unlock_bells(t);
}

void st_thread_lock_bells(st_thread *t)
{
    pthread_mutex_lock(&t->bells);
}

void st_thread_unlock_bells(st_thread *t)
{
    pthread_mutex_unlock(&t->bells);
}

void st_thread_ring(st_thread *t, st_mailbox *m)
{
    m->next_to_ring = t->to_ring;
    t->to_ring = m;
}

bool st_thread_stale(const st_thread *t)
{
    return st_origin_left(&t->origin);
}

bool st_thread_wait(st_thread *t, pthread_cond_t *changed, double seconds)
{
    struct timespec until;
    if (seconds < 0) return pthread_cond_wait(changed, &t->lock) == 0;
    if (seconds > LONGEST_WAIT) seconds = LONGEST_WAIT;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long ns = until.tv_nsec + (long)((seconds - (double)(long)seconds) * 1e9);
    until.tv_sec += (time_t)seconds + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    return pthread_cond_timedwait(changed, &t->lock, &until) == 0;
}

bool st_thread_order(st_thread *t, st_job *job, int order)
{
    job->orders |= order;
    if (!job->ordered) {
        job->ordered = true;
        job->next_ordered = NULL;
        *t->last_ordered = job;
        t->last_ordered = &job->next_ordered;
    }
    bool asleep = t->asleep;
    t->asleep = false;
    return asleep;
}

void st_thread_wake(st_thread *t)
{
    uint64_t one = 1;
    (void)!write(t->wakeup, &one, sizeof one);
}

/* The call is about to go: nobody is told how its attempt ended. */
static void let_go(st_thread *t, st_job *job)
{
    st_channel_abandon(job->transfer); /* at once: the call is not there any more when `done` is */
    job->transfer = NULL;
    st_thread_lock(t);
    job->done = true;
    pthread_cond_signal(&job->box->changed);
    st_thread_unlock(t);
}

/* False: it is its owner's again. */
static bool begin(st_thread *t, st_job *job)
{
    job->transfer = st_channel_start(&t->channel, job->call, job->wire, job->watched, job);
    if (job->transfer) {
        job->transfer->skew = job->skew; /* from when it was ordered, not from now */
        return true;
    }
    st_thread_lock(t);
    st_mailbox_tell(job, ST_NEWS_DONE);
    st_thread_unlock(t);
    return false;
}

/* An order given before its job was known to be done comes too late, and the job may have been
   released since. */
static bool too_late(st_thread *t, st_job *job)
{
    st_thread_lock(t);
    bool released = job->released, done = job->done;
    job->held = false;
    if (!released && job->box->waiting) pthread_cond_signal(&job->box->changed);
    st_thread_unlock(t);
    if (released) st_job_free(job);
    return released || done;
}

static void carry_out(st_thread *t, st_job *job)
{
    int orders = job->taken;
    bool over = orders & ST_ORDER_START ? !begin(t, job) : too_late(t, job);
    if (over) return;
    if (orders & ST_ORDER_ABANDON)
        let_go(t, job);
    else if (orders & ST_ORDER_CANCEL)
        st_channel_cancel(job->transfer, job->why,
                          (st_text){ job->message, strlen(job->message) });
    else if (orders & ST_ORDER_RESUME)
        st_channel_resume(job->transfer);
}

/* Takes the whole inbox; NULL: it is empty. */
static st_job *take_orders(st_thread *t, bool *stop)
{
    st_job *first = NULL, **last = &first;
    st_thread_lock(t);
    t->asleep = false;
    for (st_job *job = t->inbox, *next; job; job = next) {
        next = job->next_ordered;
        job->ordered = false;
        job->taken = job->orders;
        job->orders = 0;
        if (job->released) {
            st_job_free(job);
            continue;
        }
        job->held = !(job->taken & ST_ORDER_START);
        job->next_taken = NULL;
        *last = job;
        last = &job->next_taken;
    }
    t->inbox = NULL;
    t->last_ordered = &t->inbox;
    *stop = t->stop;
    st_thread_unlock(t);
    return first;
}

/* Now and then, those who await calls are rung without news: they may have reason to leave. */
static void ring_all(st_thread *t)
{
    st_thread_lock(t);
    for (const st_transfer *transfer = t->channel.running; transfer; transfer = transfer->next)
        st_mailbox_ring(((const st_job *)transfer->owner)->box);
    st_thread_unlock(t);
}

/* Whether there is no order, and the next one will wake the thread. */
static bool may_sleep(st_thread *t)
{
    st_thread_lock(t);
    t->asleep = !t->inbox && !t->stop;
    bool asleep = t->asleep;
    st_thread_unlock(t);
    return asleep;
}

static void sleep_until_needed(st_thread *t)
{
    struct pollfd fds[] = { { .fd = t->wakeup, .events = POLLIN },
                            { .fd = st_engine_fd(t->channel.engine), .events = POLLIN } };
    uint64_t count;
    if (!may_sleep(t)) return;
    if (poll(fds, 2, t->channel.active ? TICK : -1) == 0) ring_all(t);
    if (fds[0].revents) (void)!read(t->wakeup, &count, sizeof count);
}

/* Where both share a core, the event loop is not to be interrupted for what can be done as well
   when it sleeps. For the loop to interrupt the thread in turn, that would need a longer slice and
   a larger nice value: measured, pings gain a tenth by this, and the slowest calls lose more. */
static void step_back(void)
{
    static const struct sched_param none;
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

/* Among many calls, there is always something to do for one of them. To do it at once costs both
   sides a wake-up each time: it is left for a moment, and done for several together. */
static void rest(void)
{
    static const struct timespec moment = { .tv_nsec = REST };
    nanosleep(&moment, NULL);
}

static st_progress progress_of(const st_call *c)
{
    const char *length = st_headers_find(&c->headers, "Content-Length");
    bool packed = st_headers_find(&c->headers, "Content-Encoding") != NULL;
    return (st_progress){
        .sent = (double)c->request.body.position,
        .to_send = (double)st_source_length(&c->request.body),
        .received = (double)c->received,
        .to_receive = length && !packed ? (double)strtoll(length, NULL, 10) : -1,
    };
}

/* Puts the engine's news into the outboxes; whether there were any. */
static bool tell(st_thread *t)
{
    int news;
    if (!t->channel.told) return false;
    st_thread_lock(t);
    for (st_transfer *transfer; (transfer = st_channel_next(&t->channel, &news));) {
        st_job *job = transfer->owner;
        if (job->watched) job->progress = progress_of(job->call);
        if (news & ST_NEWS_DONE) st_channel_unlink(transfer);
        st_mailbox_tell(job, news); /* one that is done is its owner's from here on */
    }
    st_thread_unlock(t);
    return true;
}

/* Does what there is to do; whether that was anything. more: there is more to do at once. */
static bool work(st_thread *t, st_job *job, bool *more)
{
    bool ordered = job != NULL;
    for (st_job *next; job; job = next) {
        next = job->next_taken;
        carry_out(t, job);
    }
    *more = st_engine_step(t->channel.engine);
    return tell(t) || ordered;
}

/* Where the process ends, calls may be under way: a Lua state that closes later than this thread
   must not wait for them. */
static void let_all_go(st_thread *t)
{
    while (t->channel.running) let_go(t, t->channel.running->owner);
}

static void *run(void *data)
{
    st_thread *t = data;
    bool stop, more, busy = false;
    step_back();
    for (;;) {
        if (!busy) sleep_until_needed(t);
        st_job *job = take_orders(t, &stop);
        if (stop && !job) break;
        busy = work(t, job, &more) && t->channel.active >= CROWD;
        if (busy && !more) rest();
        busy |= more;
    }
    let_all_go(t);
    st_channel_free(&t->channel);
    return NULL;
}

/* As many connections as leave the process half of its descriptors. */
static long connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur / 2 > MOST_CONNECTIONS)
        return MOST_CONNECTIONS;
    return limit.rlim_cur > 2 ? (long)limit.rlim_cur / 2 : 1;
}

/* Every signal is for somebody else. */
static int start(st_thread *t)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int error = pthread_create(&t->thread, NULL, run, t);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!error) pthread_setname_np(t->thread, "stripe");
    return error;
}

static void destroy(st_thread *t)
{
    if (t->channel.engine) st_channel_free(&t->channel);
    if (t->wakeup >= 0) close(t->wakeup);
    pthread_mutex_destroy(&t->bells);
    pthread_mutex_destroy(&t->lock);
    st_origin_free(&t->origin);
    free(t);
}

static st_thread *new_thread(void)
{
    st_thread *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    pthread_mutex_init(&t->lock, NULL);
    pthread_mutex_init(&t->bells, NULL);
    t->last_ordered = &t->inbox;
    st_origin_init(&t->origin);
    st_channel_init(&t->channel);
    t->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int error = t->wakeup < 0 || !st_channel_open(&t->channel) ? errno : 0;
    if (!error) {
        st_engine_allow(t->channel.engine, connections());
        error = start(t);
    }
    if (!error) return t;
    destroy(t);
    errno = error;
    return NULL;
}

static void join(st_thread *t)
{
    st_thread_lock(t);
    t->stop = true;
    st_thread_unlock(t);
    st_thread_wake(t);
    pthread_join(t->thread, NULL);
}

/* Mailboxes of Lua states that were not closed still point here: then the memory stays. */
static void at_exit(void)
{
    st_thread *t = process.thread;
    if (!t || st_thread_stale(t)) return;
    process.thread = NULL;
    join(t);
    if (!t->users) destroy(t);
}

st_thread *st_thread_enter(void)
{
    pthread_mutex_lock(&process.lock);
    if (process.thread && st_thread_stale(process.thread)) process.thread = NULL;
    if (!process.thread) process.thread = new_thread();
    st_thread *t = process.thread;
    /* libcurl has set OpenSSL up by now, so that OpenSSL's own turn comes after ours. A child
       inherits what its parent has asked for. */
    if (t && !process.at_exit) process.at_exit = atexit(at_exit) == 0;
    if (t) t->users++;
    pthread_mutex_unlock(&process.lock);
    return t;
}

void st_thread_leave(st_thread *t, bool end)
{
    pthread_mutex_lock(&process.lock);
    bool last = --t->users == 0 && t == process.thread;
    if (last && end) process.thread = NULL;
    pthread_mutex_unlock(&process.lock);
    if (!last || !end) return;
    join(t);
    destroy(t);
}
