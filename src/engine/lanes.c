/* lanes.c - ring 2a: libcurl's multis, and their sockets in one epoll. */
#include "lanes.h"

#include "engine.h" /* st_engine_clock */

#include <math.h> /* INFINITY */
#include <stdint.h>
#include <stdlib.h>

enum {
    FULL = 64,             /* transfers of a lane: the next one goes to another */
    KEPT_CONNECTIONS = 256, /* at least, open to all hosts together; of a lane */
    MOST_KEPT_CONNECTIONS = 8192, /* where a host may have any number */
    UNUSED = 60             /* seconds, after which a lane is closed */
};

/* How epoll names a socket: it may not be one of those that libcurl had us open. */
static epoll_data_t name_of(const st_lane *lane, int fd)
{
    return (epoll_data_t){ .u64 = (uint64_t)lane->number << 32 | (uint32_t)fd };
}

static st_transfer *transfer_of(CURL *easy)
{
    char *handle = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &handle);
    return handle ? ((st_handle *)(void *)handle)->transfer : NULL;
}

/* Has epoll watch for what libcurl waits for, or else, once, for the peer's leaving. A descriptor
   that was closed has left epoll by itself, and its number may be back. */
static bool watch(const st_lane *lane, int fd, bool there, uint32_t wanted)
{
    struct epoll_event event = { .events = wanted, .data = name_of(lane, fd) };
    int epoll = lane->all->sockets.epoll;
    int first = there ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    int second = there ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (wanted != EPOLLOUT) event.events |= EPOLLRDHUP;
    if (!wanted) event.events |= EPOLLONESHOT;
    return epoll_ctl(epoll, first, fd, &event) == 0 || epoll_ctl(epoll, second, fd, &event) == 0;
}

static void show(st_transfer *t)
{
    if (t->hidden) t->lane->hidden--;
    t->hidden = false;
}

/* A socket that libcurl has not opened itself, but for its resolver, say. */
static int on_strange_socket(st_lane *lane, int fd, uint32_t wanted, bool there)
{
    struct epoll_event none = { .events = 0 };
    if (!wanted) {
        epoll_ctl(lane->all->sockets.epoll, EPOLL_CTL_DEL, fd, &none);
        return 0;
    }
    curl_multi_assign(lane->multi, fd, lane);
    return watch(lane, fd, there, wanted) ? 0 : -1;
}

/* One that libcurl waits for no more stays as it is: as a rule nothing comes there until it is
   used again, for which libcurl waits as before. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    st_lane *lane = data;
    st_socket *socket = st_sockets_find(&lane->all->sockets, fd);
    uint32_t wanted = 0;
    if (what & CURL_POLL_IN) wanted |= EPOLLIN;
    if (what & CURL_POLL_OUT) wanted |= EPOLLOUT;
    if (!socket) return on_strange_socket(lane, fd, wanted, known != NULL);
    socket->wanted = wanted;
    if (!wanted) return 0;
    if (wanted != socket->watched) {
        if (!watch(lane, fd, socket->polled, wanted)) return -1;
        socket->watched = wanted;
        socket->polled = true;
    }
    st_transfer *t = transfer_of(easy);
    socket->user = t;
    t->socket = fd;
    show(t);
    return 0;
}

/* Something has come that libcurl does not wait for: the end of an idle connection, or what will
   be read when a transfer goes on. */
static void on_unwanted(const st_lane *lane, int fd, st_socket *socket, uint32_t events)
{
    bool idle = !socket->user && !lane->hidden;
    bool gone = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (idle && (gone || st_sockets_unasked(fd))) st_sockets_end(fd);
    if (socket->watched) watch(lane, fd, true, 0);
    socket->watched = 0;
}

/* By the clock of this moment: a timer must not fire too early, since libcurl asks once only. */
static int on_timer(CURLM *multi, long ms, void *data)
{
    st_lane *lane = data;
    (void)multi;
    lane->due = ms < 0 ? INFINITY : ms == 0 ? 0 : st_engine_clock() + (double)ms / 1000;
    return 0;
}

/* How many lanes there may be: together they are to open as many connections as a host may have. */
static int most(const st_lanes *l)
{
    long n = (l->connections + FULL - 1) / FULL;
    return l->connections == 0 || n > ST_LANES ? ST_LANES : (int)n;
}

/* Connections in use count as kept, too: with fewer, a busy host's would be closed after each
   transfer. */
static void limit(const st_lane *lane)
{
    long share = lane->all->connections / most(lane->all);
    long kept = share * 2 > KEPT_CONNECTIONS ? share * 2 : KEPT_CONNECTIONS;
    if (lane->all->connections == 0) kept = MOST_KEPT_CONNECTIONS;
    curl_multi_setopt(lane->multi, CURLMOPT_MAX_HOST_CONNECTIONS, share);
    curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, kept);
}

static bool open_lane(st_lanes *l)
{
    st_lane *lane = malloc(sizeof *lane);
    CURLM *multi = lane ? curl_multi_init() : NULL;
    if (!multi) {
        free(lane);
        return false;
    }
    *lane = (st_lane){ .all = l, .multi = multi, .number = l->n, .due = INFINITY };
    l->of[l->n++] = lane;
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, lane);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, lane);
    limit(lane);
    return true;
}

static void close_last(st_lanes *l)
{
    st_lane *lane = l->of[--l->n];
    curl_multi_cleanup(lane->multi);
    free(lane);
}

bool st_lanes_open(st_lanes *l, int epoll, long connections)
{
    l->sockets.epoll = epoll;
    l->connections = connections;
    return open_lane(l);
}

void st_lanes_close(st_lanes *l)
{
    while (l->n) close_last(l);
    st_sockets_free(&l->sockets);
}

/* The multis and their handles are left in memory: to clean them up is to say goodbye over TLS on
   connections that the parent goes on using. */
void st_lanes_forget(st_lanes *l)
{
    st_sockets_close(&l->sockets);
    st_sockets_free(&l->sockets);
    while (l->n) free(l->of[--l->n]);
}

void st_lanes_limit(st_lanes *l, long connections)
{
    if (connections == l->connections) return;
    l->connections = connections;
    for (int i = 0; i < l->n; i++) limit(l->of[i]);
}

/* The first that has room, so that the last ones become idle. */
static st_lane *choose(st_lanes *l)
{
    st_lane *least = l->of[0];
    for (int i = 0; i < l->n; i++) {
        st_lane *lane = l->of[i];
        if (lane->active < FULL) return lane;
        if (lane->active < least->active) least = lane;
    }
    return l->n < most(l) && open_lane(l) ? l->of[l->n - 1] : least;
}

bool st_lanes_begin(st_lanes *l, st_transfer *t)
{
    st_lane *lane = choose(l);
    if (curl_multi_add_handle(lane->multi, t->handle->easy) != CURLM_OK) return false;
    t->lane = lane;
    lane->active++;
    return true;
}

/* A client that asks for HTTP/2 may have been given HTTP/1.1; before the answer nobody knows. */
static bool may_be_shared(const st_transfer *t)
{
    long version = CURL_HTTP_VERSION_NONE;
    if (!t->handle->wire->http2) return false;
    curl_easy_getinfo(t->handle->easy, CURLINFO_HTTP_VERSION, &version);
    return version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1;
}

void st_lanes_leave(st_transfer *t, double now)
{
    st_lane *lane = t->lane;
    if (!lane) return;
    curl_multi_remove_handle(lane->multi, t->handle->easy);
    show(t);
    t->lane = NULL;
    lane->active--;
    lane->used = now;
    /* Its connection has no user now. One of HTTP/2 may have others, and libcurl looks after
       those. */
    st_socket *socket = st_sockets_find(&lane->all->sockets, t->socket);
    if (socket && socket->user == t && !may_be_shared(t)) socket->user = NULL;
}

void st_lanes_pause(st_transfer *t)
{
    if (t->socket >= 0 || t->hidden) return;
    t->hidden = true;
    t->lane->hidden++;
}

static CURLMsg *read_done(CURLM *multi)
{
    CURLMsg *message;
    int left;
    do message = curl_multi_info_read(multi, &left);
    while (message && message->msg != CURLMSG_DONE);
    return message;
}

st_transfer *st_lanes_next(st_lanes *l, CURLcode *result)
{
    for (int i = 0; i < l->n; i++) {
        const CURLMsg *message = read_done(l->of[i]->multi);
        if (!message) continue;
        *result = message->data.result;
        return transfer_of(message->easy_handle);
    }
    return NULL;
}

void st_lanes_event(st_lanes *l, const struct epoll_event *event)
{
    int number = (int)(event->data.u64 >> 32), fd = (int)(uint32_t)event->data.u64;
    int running, what = 0;
    if (number >= l->n) return; /* it was closed after this had come */
    st_socket *socket = st_sockets_find(&l->sockets, fd);
    if (socket && !socket->wanted) {
        on_unwanted(l->of[number], fd, socket, event->events);
        return;
    }
    if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(l->of[number]->multi, fd, what, &running);
}

double st_lanes_due(const st_lanes *l)
{
    double due = INFINITY;
    for (int i = 0; i < l->n; i++)
        if (l->of[i]->due < due) due = l->of[i]->due;
    return due;
}

/* libcurl says nothing when the time that it waits for is still the same. */
static void run(st_lane *lane)
{
    int running;
    long ms = -1;
    lane->due = INFINITY;
    curl_multi_socket_action(lane->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    if (lane->due < INFINITY) return;
    curl_multi_timeout(lane->multi, &ms);
    on_timer(lane->multi, ms, lane);
}

void st_lanes_run(st_lanes *l, double now)
{
    for (int i = 0; i < l->n; i++)
        if (l->of[i]->due <= now) run(l->of[i]);
    const st_lane *last = l->of[l->n - 1];
    if (l->n > 1 && !last->active && now - last->used > UNUSED) close_last(l);
}
