/* engine.c - ring 2a: many transfers at once, behind one file descriptor. */
#include "engine.h"
#include "channel.h"
#include "lanes.h"
#include "origin.h"
#include "sigpipe.h"

#include <errno.h>
#include <math.h> /* INFINITY */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 16,           /* taken at once; then their news can be told */
    SPARE_HANDLES = 64,    /* easy handles kept for the next transfers */
    HOST_CONNECTIONS = 64, /* at once, to one host; the next transfers wait for one */
    LONGEST_WAIT = 86400   /* seconds, of one wait */
};

#define TIMER UINT64_MAX /* in the epoll */
#define FRESH 1e-4 /* seconds; what was seen so long ago is as good as seen now */
#define LONG 1e-4  /* seconds; orders that have waited so long don't wait for another one */

struct st_engine {
    int epoll, timer;
    st_lanes lanes;
    st_origin origin;
    double now;      /* seconds of CLOCK_MONOTONIC, as of the step or order under way */
    double looked;   /* when events were last taken */
    double collected; /* since when there are orders */
    double armed;    /* when the timer will fire, perhaps for nothing; infinite: never */
    long usual_connections; /* to one host, where the wire does not say */
    st_transfer *inbox, **last_ordered; /* oldest first */
    bool collects;   /* orders wait for the next step */
    bool polled;     /* an event loop waits for the descriptor */
    st_handle *spare[SPARE_HANDLES]; /* owned */
    int spares;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

double st_engine_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void set_timer(st_engine *e, double due)
{
    struct itimerspec when = { .it_value = { 0, 1 } };
    e->armed = due;
    if (due > 0) { /* else at once */
        when.it_value.tv_sec = (time_t)due;
        when.it_value.tv_nsec = (long)((due - (double)when.it_value.tv_sec) * 1e9);
    }
    timerfd_settime(e->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Has the timer fire no later than libcurl wants to be called. Most transfers end long before their
   time, so that one that is too early is left as it is. */
static void arm(st_engine *e)
{
    double due = st_lanes_due(&e->lanes);
    if (due < e->armed) set_timer(e, due);
}

static bool set_up(st_engine *e)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = TIMER };
    if (e->epoll < 0 || e->timer < 0) return false;
    if (epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->timer, &event) != 0) return false;
    if (st_lanes_open(&e->lanes, e->epoll, HOST_CONNECTIONS)) return true;
    errno = ENOMEM;
    return false;
}

void st_engine_prepare(void)
{
    pthread_once(&once, init_curl);
}

st_engine *st_engine_new(void)
{
    st_engine_prepare();
    st_engine *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    st_origin_init(&e->origin);
    e->last_ordered = &e->inbox;
    e->usual_connections = HOST_CONNECTIONS;
    e->armed = INFINITY;
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    e->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (set_up(e)) return e;
    int error = errno;
    st_engine_free(e);
    errno = error;
    return NULL;
}

void st_engine_allow(st_engine *e, long connections)
{
    e->usual_connections = connections;
}

bool st_engine_stale(const st_engine *e)
{
    return st_origin_left(&e->origin);
}

/* Whether the two descriptors are still ours. The program may have closed all that it inherited,
   and opened others under the same numbers; this changes nothing that the parent would see. */
static bool still_ours(const st_engine *e)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = TIMER };
    return epoll_ctl(e->epoll, EPOLL_CTL_MOD, e->timer, &event) == 0;
}

void st_engine_forget(st_engine *e)
{
    while (e->spares) st_handle_free(e->spare[--e->spares], false);
    st_lanes_forget(&e->lanes);
    if (still_ours(e)) {
        close(e->timer);
        close(e->epoll);
    }
    st_origin_free(&e->origin);
    free(e);
}

int st_engine_fd(const st_engine *e)
{
    return e->epoll;
}

int st_engine_poll(st_engine *e)
{
    e->polled = true;
    e->collects = false;
    if (e->inbox) set_timer(e, 0);
    return e->epoll;
}

/* The spare handle that is set up for the wire, or the last one. */
static int choose_spare(const st_engine *e, const st_wire *wire)
{
    for (int i = e->spares; i-- > 0;)
        if (e->spare[i]->wire == wire) return i;
    return e->spares - 1;
}

bool st_engine_take_handle(st_engine *e, st_transfer *t, st_wire *wire)
{
    e->now = st_engine_clock();
    t->now = &e->now;
    if (e->spares) {
        int i = choose_spare(e, wire);
        t->handle = e->spare[i];
        e->spare[i] = e->spare[--e->spares];
    } else {
        t->handle = st_handle_new();
    }
    if (!t->handle) return false;
    if (t->handle->wire == wire) return true;
    if (!st_handle_apply(t->handle, wire)) {
        st_handle_free(t->handle, true);
        t->handle = NULL;
        return false;
    }
    st_sockets_apply(&e->lanes.sockets, t->handle->easy);
    return true;
}

void st_engine_give_handle(st_engine *e, st_transfer *t)
{
    st_handle *h = t->handle;
    t->handle = NULL;
    if (!h) return;
    st_handle_clear(h);
    if (e->spares < SPARE_HANDLES) e->spare[e->spares++] = h;
    else st_handle_free(h, true);
}

static void finish(st_engine *e, st_transfer *t, CURLcode result)
{
    st_lanes_leave(t, e->now);
    t->result = result;
    t->ended = e->now;
    if (result == CURLE_OK && !t->canceled) st_call_squeeze(t->call);
    const char *why = t->handle->message;
    if (result != CURLE_OK && *why && !t->canceled)
        st_transfer_explain(t, (st_text){ why, strlen(why) });
    st_engine_give_handle(e, t);
    st_channel_tell(t, ST_NEWS_DONE);
}

/* The latest transfer says how many connections a host may have: the limit is for all. */
static void limit_connections(st_engine *e, const st_wire *wire)
{
    st_lanes_limit(&e->lanes,
                   wire->max_connections < 0 ? e->usual_connections : wire->max_connections);
}

/* What epoll has to say. */
typedef struct batch {
    int n;
    struct epoll_event of[EVENTS];
} batch;

/* None when nothing came in that time, or a signal did. */
static void look(const st_engine *e, batch *events, int milliseconds)
{
    int n = epoll_wait(e->epoll, events->of, EVENTS, milliseconds);
    events->n = n > 0 ? n : 0;
}

static void take(st_engine *e, const batch *events)
{
    uint64_t ticks;
    e->looked = e->now;
    for (int i = 0; i < events->n; i++) {
        if (events->of[i].data.u64 != TIMER) st_lanes_event(&e->lanes, &events->of[i]);
        else if (read(e->timer, &ticks, sizeof ticks) > 0) e->armed = INFINITY;
    }
}

/* A connection may have ended that libcurl would choose. */
static void look_again(st_engine *e)
{
    batch events;
    if (e->now - e->looked < FRESH) return;
    look(e, &events, 0);
    take(e, &events);
}

static void begin(st_engine *e, st_transfer *t)
{
    if (!st_transfer_begin(t)) {
        finish(e, t, CURLE_OPERATION_TIMEDOUT);
        return;
    }
    look_again(e);
    limit_connections(e, t->handle->wire);
    if (!st_lanes_begin(&e->lanes, t)) finish(e, t, CURLE_OUT_OF_MEMORY);
}

static void carry_out(st_engine *e, st_transfer *t, int orders)
{
    if (orders & ST_ORDER_CANCEL) {
        finish(e, t, CURLE_ABORTED_BY_CALLBACK);
    } else if (orders & ST_ORDER_START) {
        begin(e, t);
    } else if (t->paused && (orders & ST_ORDER_RESUME)) {
        t->paused = false;
        curl_easy_pause(t->handle->easy, CURLPAUSE_CONT);
    }
}

/* Lets libcurl run what is due, or is to run at once, which spares the timer a round; and tells of
   the transfers that it is done with. */
static void run_due(st_engine *e)
{
    CURLcode result;
    st_lanes_run(&e->lanes, e->now);
    for (st_transfer *t; (t = st_lanes_next(&e->lanes, &result));) finish(e, t, result);
    arm(e);
}

static void carry_out_orders(st_engine *e)
{
    while (e->inbox) {
        st_transfer *t = e->inbox;
        int orders = t->orders;
        e->inbox = t->next_ordered;
        if (!e->inbox) e->last_ordered = &e->inbox;
        t->ordered = false;
        t->orders = 0;
        carry_out(e, t, orders);
    }
}

static void serve(st_engine *e)
{
    st_pipe_guard guard;
    st_pipe_block(&guard);
    e->now = st_engine_clock();
    carry_out_orders(e);
    run_due(e);
    st_pipe_release(&guard);
}

void st_engine_free(st_engine *e)
{
    st_pipe_guard guard;
    st_pipe_block(&guard);
    carry_out_orders(e);
    while (e->spares) st_handle_free(e->spare[--e->spares], true);
    st_lanes_close(&e->lanes);
    st_pipe_release(&guard);
    if (e->timer >= 0) close(e->timer);
    if (e->epoll >= 0) close(e->epoll);
    st_origin_free(&e->origin);
    free(e);
}

void st_engine_order(st_engine *e, st_transfer *t, enum st_order order)
{
    t->orders |= order;
    if (!e->inbox) e->collected = e->now;
    if (!t->ordered) {
        t->ordered = true;
        t->next_ordered = NULL;
        *e->last_ordered = t;
        e->last_ordered = &t->next_ordered;
    }
    if (!e->collects || e->now - e->collected > LONG) serve(e);
}

static void take_from_inbox(st_engine *e, st_transfer *t)
{
    st_transfer **link = &e->inbox;
    while (*link != t) link = &(*link)->next_ordered;
    *link = t->next_ordered;
    if (!*link) e->last_ordered = link;
    t->ordered = false;
}

void st_engine_abandon(st_engine *e, st_transfer *t)
{
    st_pipe_guard guard;
    if (t->ordered) take_from_inbox(e, t);
    st_pipe_block(&guard);
    finish(e, t, CURLE_ABORTED_BY_CALLBACK);
    arm(e);
    st_pipe_release(&guard);
}

void st_engine_collect(st_engine *e, bool collects)
{
    e->collects = collects && !e->polled;
    if (!e->collects) st_engine_serve(e);
}

void st_engine_serve(st_engine *e)
{
    if (e->inbox) serve(e);
}

/* How many events it took. */
static int run(st_engine *e, int milliseconds)
{
    batch events;
    st_pipe_guard guard;
    look(e, &events, milliseconds);
    st_pipe_block(&guard);
    e->now = st_engine_clock();
    take(e, &events);
    carry_out_orders(e);
    run_due(e);
    st_pipe_release(&guard);
    return events.n;
}

bool st_engine_step(st_engine *e)
{
    return run(e, 0) == EVENTS;
}

bool st_engine_run(st_engine *e, double seconds)
{
    int ms = -1;
    if (seconds >= 0) ms = seconds > LONGEST_WAIT ? LONGEST_WAIT * 1000 : (int)(seconds * 1e3 + 1);
    return run(e, seconds == 0 ? 0 : ms) > 0;
}
