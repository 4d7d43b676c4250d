/* engine.c - ring 2a: many transfers at once, behind one file descriptor. */
#include "engine.h"
#include "channel.h"
#include "origin.h"
#include "sigpipe.h"
#include "sockets.h"

#include <errno.h>
#include <math.h> /* INFINITY */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 64,           /* read from epoll at once */
    SPARE_HANDLES = 64,    /* easy handles kept for the next transfers */
    HOST_CONNECTIONS = 64, /* at once, to one host; the next transfers wait for one */
    KEPT_CONNECTIONS = 256,       /* at least, open to all hosts together */
    MOST_KEPT_CONNECTIONS = 8192, /* where a host may have any number */
    LONGEST_WAIT = 86400   /* seconds, of one wait */
};

#define FRESH 1e-4 /* seconds; what was seen so long ago is as good as seen now */

struct st_engine {
    CURLM *multi;
    int epoll, timer;
    st_origin origin;
    double now;      /* seconds of CLOCK_MONOTONIC, as of the step or order under way */
    double looked;   /* when events were last taken */
    double due;      /* when libcurl wants to be called; infinite: never */
    double armed;    /* when the timer will fire, perhaps for nothing; infinite: never */
    long usual_connections; /* to one host, where the wire does not say */
    long host_connections;  /* what the multi has now; -1: libcurl's own */
    st_transfer *inbox, **last_ordered; /* oldest first */
    st_handle *spare[SPARE_HANDLES]; /* owned */
    int spares;
    st_sockets sockets;
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

static st_transfer *transfer_of(CURL *easy)
{
    char *handle = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &handle);
    return handle ? ((st_handle *)(void *)handle)->transfer : NULL;
}

/* Of an idle connection, we want to know when its peer leaves; once is enough. */
static void unwatch(st_engine *e, int fd, st_socket *socket)
{
    struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT, .data.fd = fd };
    if (socket && epoll_ctl(e->epoll, EPOLL_CTL_MOD, fd, &event) == 0) return;
    epoll_ctl(e->epoll, EPOLL_CTL_DEL, fd, &event);
    if (socket) socket->polled = false;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    st_engine *e = data;
    struct epoll_event event = { .data.fd = fd };
    st_socket *socket = st_sockets_find(&e->sockets, fd);
    if (what == CURL_POLL_REMOVE) {
        unwatch(e, fd, socket);
        return 0;
    }
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    bool there = socket ? socket->polled : known != NULL;
    int first = there ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    int second = there ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    /* A descriptor that was closed has left epoll by itself, and its number may be back. */
    if (epoll_ctl(e->epoll, first, fd, &event) != 0 && epoll_ctl(e->epoll, second, fd, &event) != 0)
        return -1;
    curl_multi_assign(e->multi, fd, e);
    if (socket) {
        st_transfer *t = transfer_of(easy);
        socket->polled = true;
        socket->user = t;
        t->socket = fd;
    }
    return 0;
}

/* By the clock of this moment: a timer must not fire too early, since libcurl asks once only. */
static int on_timer(CURLM *multi, long ms, void *data)
{
    st_engine *e = data;
    (void)multi;
    e->due = ms < 0 ? INFINITY : ms == 0 ? 0 : st_engine_clock() + (double)ms / 1000;
    return 0;
}

/* Has the timer fire no later than libcurl wants to be called. Most transfers end long before their
   time, so that one that is too early is left as it is. */
static void arm(st_engine *e)
{
    struct itimerspec when = { .it_value = { 0, 1 } };
    if (e->due >= e->armed) return;
    e->armed = e->due;
    if (e->due > 0) { /* else at once */
        when.it_value.tv_sec = (time_t)e->due;
        when.it_value.tv_nsec = (long)((e->due - (double)when.it_value.tv_sec) * 1e9);
    }
    timerfd_settime(e->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static bool set_up(st_engine *e)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = e->timer };
    if (e->epoll < 0 || e->timer < 0) return false;
    if (epoll_ctl(e->epoll, EPOLL_CTL_ADD, e->timer, &event) != 0) return false;
    e->multi = curl_multi_init();
    if (!e->multi) {
        errno = ENOMEM;
        return false;
    }
    curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
    curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
    curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return true;
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
    e->host_connections = -1;
    e->due = e->armed = INFINITY;
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

void st_engine_free(st_engine *e)
{
    st_pipe_guard guard;
    st_pipe_block(&guard);
    while (e->spares) st_handle_free(e->spare[--e->spares], true);
    if (e->multi) curl_multi_cleanup(e->multi);
    st_pipe_release(&guard);
    if (e->timer >= 0) close(e->timer);
    if (e->epoll >= 0) close(e->epoll);
    st_sockets_free(&e->sockets);
    st_origin_free(&e->origin);
    free(e);
}

bool st_engine_stale(const st_engine *e)
{
    return st_origin_left(&e->origin);
}

/* Whether the two descriptors are still ours. The program may have closed all that it inherited,
   and opened others under the same numbers; this changes nothing that the parent would see. */
static bool still_ours(const st_engine *e)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = e->timer };
    return epoll_ctl(e->epoll, EPOLL_CTL_MOD, e->timer, &event) == 0;
}

/* The multi and its handles are left in memory: to clean them up is to say goodbye over TLS on
   connections that the parent goes on using. */
void st_engine_forget(st_engine *e)
{
    while (e->spares) st_handle_free(e->spare[--e->spares], false);
    st_sockets_close(&e->sockets);
    st_sockets_free(&e->sockets);
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
    if (t->handle->wire != wire) {
        st_handle_apply(t->handle, wire);
        st_sockets_apply(&e->sockets, t->handle->easy);
    }
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

/* Its connection has no user now. One of HTTP/2 may have others, and libcurl looks after those. */
static void leave_socket(st_engine *e, const st_transfer *t)
{
    st_socket *socket = st_sockets_find(&e->sockets, t->socket);
    if (socket && socket->user == t && !t->handle->wire->http2) socket->user = NULL;
}

static void finish(st_engine *e, st_transfer *t, CURLcode result)
{
    leave_socket(e, t);
    t->result = result;
    t->ended = e->now;
    if (result == CURLE_OK && !t->canceled) st_call_squeeze(t->call);
    const char *why = t->handle->message;
    if (result != CURLE_OK && *why && !t->canceled)
        st_transfer_explain(t, (st_text){ why, strlen(why) });
    st_engine_give_handle(e, t);
    st_channel_tell(t, ST_NEWS_DONE);
}

/* Those in use count, too: with fewer, a busy host's would be closed after each transfer. */
static long kept_connections(long host_connections)
{
    if (host_connections == 0) return MOST_KEPT_CONNECTIONS;
    return host_connections * 2 > KEPT_CONNECTIONS ? host_connections * 2 : KEPT_CONNECTIONS;
}

/* The latest transfer says how many connections a host may have: the limit is the multi's. */
static void limit_connections(st_engine *e, const st_wire *wire)
{
    long n = wire->max_connections < 0 ? e->usual_connections : wire->max_connections;
    if (n == e->host_connections) return;
    e->host_connections = n;
    curl_multi_setopt(e->multi, CURLMOPT_MAX_HOST_CONNECTIONS, n);
    curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, kept_connections(n));
}

/* libcurl says nothing when the time that it waits for is still the same. */
static void ask_again(st_engine *e)
{
    long ms = -1;
    if (e->due < INFINITY) return;
    curl_multi_timeout(e->multi, &ms);
    on_timer(e->multi, ms, e);
}

static void on_event(st_engine *e, const struct epoll_event *event)
{
    int running, what = 0, fd = event->data.fd;
    if (fd == e->timer) {
        uint64_t ticks;
        if (read(e->timer, &ticks, sizeof ticks) < 0) return;
        e->armed = INFINITY;
        if (e->now < e->due) return; /* it is armed again */
        e->due = INFINITY;
        curl_multi_socket_action(e->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        ask_again(e);
        return;
    }
    if (event->events & EPOLLRDHUP) {
        const st_socket *socket = st_sockets_find(&e->sockets, fd);
        if (socket && !socket->user) st_sockets_end(fd);
        return; /* else its transfer pauses, and will see */
    }
    if (event->events & (EPOLLIN | EPOLLHUP)) what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(e->multi, fd, what, &running);
}

/* What epoll has to say. */
typedef struct batch {
    int n;
    struct epoll_event of[EVENTS];
} batch;

/* False when nothing came in that time, or a signal did. */
static bool look(const st_engine *e, batch *events, int milliseconds)
{
    events->n = epoll_wait(e->epoll, events->of, EVENTS, milliseconds);
    return events->n > 0;
}

static void take(st_engine *e, const batch *events)
{
    e->looked = e->now;
    for (int i = 0; i < events->n; i++) on_event(e, &events->of[i]);
}

/* A connection may have ended that libcurl would choose. */
static void look_again(st_engine *e)
{
    batch events;
    if (e->now - e->looked < FRESH) return;
    look(e, &events, 0);
    take(e, &events);
}

static void carry_out(st_engine *e, st_transfer *t, int orders)
{
    if (orders & ST_ORDER_START) {
        look_again(e);
        limit_connections(e, t->handle->wire);
        if (curl_multi_add_handle(e->multi, t->handle->easy) != CURLM_OK) {
            finish(e, t, CURLE_OUT_OF_MEMORY);
            return;
        }
    }
    if (orders & ST_ORDER_CANCEL) {
        curl_multi_remove_handle(e->multi, t->handle->easy);
        finish(e, t, CURLE_ABORTED_BY_CALLBACK);
    } else if (t->paused && (orders & ST_ORDER_RESUME)) {
        t->paused = false;
        curl_easy_pause(t->handle->easy, CURLPAUSE_CONT);
    }
}

/* Tells of the transfers that libcurl is done with. */
static void collect(st_engine *e)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(e->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode result = message->data.result;
        st_transfer *t = transfer_of(message->easy_handle);
        curl_multi_remove_handle(e->multi, t->handle->easy);
        finish(e, t, result);
    }
}

/* Lets libcurl run what it wants to run at once, which spares the timer a round. */
static void run_due(st_engine *e)
{
    int running;
    if (e->due == 0) {
        e->due = INFINITY;
        curl_multi_socket_action(e->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect(e);
    arm(e);
}

static void serve(st_engine *e)
{
    st_pipe_guard guard;
    st_pipe_block(&guard);
    e->now = st_engine_clock();
    while (e->inbox) {
        st_transfer *t = e->inbox;
        int orders = t->orders;
        e->inbox = t->next_ordered;
        if (!e->inbox) e->last_ordered = &e->inbox;
        t->ordered = false;
        t->orders = 0;
        carry_out(e, t, orders);
    }
    run_due(e);
    st_pipe_release(&guard);
}

void st_engine_order(st_engine *e, st_transfer *t, enum st_order order)
{
    t->orders |= order;
    if (!t->ordered) {
        t->ordered = true;
        t->next_ordered = NULL;
        *e->last_ordered = t;
        e->last_ordered = &t->next_ordered;
    }
    serve(e);
}

static bool run(st_engine *e, int milliseconds)
{
    batch events;
    st_pipe_guard guard;
    bool some = look(e, &events, milliseconds);
    st_pipe_block(&guard);
    e->now = st_engine_clock();
    take(e, &events);
    run_due(e);
    st_pipe_release(&guard);
    return some;
}

void st_engine_step(st_engine *e)
{
    run(e, 0);
}

bool st_engine_run(st_engine *e, double seconds)
{
    int ms = -1;
    if (seconds >= 0) ms = seconds > LONGEST_WAIT ? LONGEST_WAIT * 1000 : (int)(seconds * 1e3 + 1);
    return run(e, seconds == 0 ? 0 : ms);
}
