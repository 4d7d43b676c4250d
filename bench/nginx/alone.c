/*
 * alone.c - bench: libcurl alone, in C: the same calls at the same steady rate as load.c makes
 * them, outside nginx, their bodies thrown away. What this costs, no driver over libcurl can
 * spare.
 *
 *     alone URL CA HEADERS RATE SECONDS WARM_UP
 *
 * It does as a good program would: easy handles used again, as many multis as keep libcurl at its
 * best (FULL transfers each), one epoll for all, a rest after each round. HEADERS is a file of
 * lines. Prints all=microseconds of CPU per call of the seconds after the warm-up, and failed=.
 */
#include "../peers/peer.h"
#include "pace.h"

#include <math.h>
#include <stdint.h>
#include <sys/epoll.h>

enum { LANES = 64, FULL = 64, EVENTS = 16, REST = 1000000 /* nanoseconds */ };

typedef struct transfer {
    CURL *easy;
    int lane;
    struct transfer *next_spare;
} transfer;

typedef struct lane {
    CURLM *multi;
    int active;
    double due; /* when libcurl wants to be called */
} lane;

static struct {
    int epoll, lanes;
    lane lane[LANES];
    transfer *spare;
    const char *url, *ca;
    struct curl_slist *headers;
    long done, failed;
} alone;

static double now(void)
{
    return peer_clock(CLOCK_MONOTONIC);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    lane *l = data;
    struct epoll_event event = { .data.u64 = (uint64_t)(l - alone.lane) << 32 | (uint32_t)fd };
    (void)easy;
    if (what & CURL_POLL_IN) event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
    int change = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (what != CURL_POLL_REMOVE) curl_multi_assign(l->multi, fd, l);
    return epoll_ctl(alone.epoll, change, fd, &event) == 0 || what == CURL_POLL_REMOVE ? 0 : -1;
}

static int on_timer(CURLM *multi, long ms, void *data)
{
    (void)multi;
    ((lane *)data)->due = ms < 0 ? INFINITY : now() + (double)ms / 1e3;
    return 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes;
    (void)data;
    return size * n;
}

static transfer *new_transfer(void)
{
    transfer *t = calloc(1, sizeof *t);
    if (!t) exit(1);
    t->easy = curl_easy_init();
    peer_reach(t->easy, "1.1", alone.ca);
    curl_easy_setopt(t->easy, CURLOPT_URL, alone.url);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, alone.headers);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, 80000L);
    return t;
}

static int choose_lane(void)
{
    int i = 0;
    while (i < alone.lanes && alone.lane[i].active >= FULL) i++;
    if (i == LANES) exit(1);
    if (i < alone.lanes) return i;
    lane *l = &alone.lane[alone.lanes++];
    l->multi = curl_multi_init();
    l->due = INFINITY;
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
    curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, 8L * FULL);
    return i;
}

static void call(void)
{
    transfer *t = alone.spare;
    if (t) alone.spare = t->next_spare;
    else t = new_transfer();
    t->lane = choose_lane();
    alone.lane[t->lane].active++;
    curl_multi_add_handle(alone.lane[t->lane].multi, t->easy);
}

static void end(const CURLMsg *message)
{
    transfer *t;
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    alone.failed += status != 200;
    alone.done++;
    curl_multi_remove_handle(alone.lane[t->lane].multi, t->easy);
    alone.lane[t->lane].active--;
    t->next_spare = alone.spare;
    alone.spare = t;
}

static void run_due(lane *l, double t)
{
    CURLMsg *message;
    int ignored;
    if (l->due <= t) {
        long ms = -1;
        l->due = INFINITY;
        curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &ignored);
        if (l->due == INFINITY) curl_multi_timeout(l->multi, &ms);
        if (ms >= 0) on_timer(l->multi, ms, l);
    }
    while ((message = curl_multi_info_read(l->multi, &ignored))) end(message);
}

/* Whether it was all that there was to do. */
static bool step(void)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(alone.epoll, events, EVENTS, 0), running;
    for (int i = 0; i < n; i++) {
        int what = events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
        if (events[i].events & (EPOLLIN | EPOLLHUP)) what |= CURL_CSELECT_IN;
        curl_multi_socket_action(alone.lane[events[i].data.u64 >> 32].multi,
                                 (int)(uint32_t)events[i].data.u64, what, &running);
    }
    double t = now();
    for (int i = 0; i < alone.lanes; i++) run_due(&alone.lane[i], t);
    return n < EVENTS;
}

int main(int argc, char **argv)
{
    static const struct timespec rest = { .tv_nsec = REST };
    if (argc != 7) return 2;
    alone.url = argv[1];
    alone.ca = argv[2];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    alone.headers = peer_headers(argv[3]);
    alone.epoll = epoll_create1(0);
    double rate = atof(argv[4]), seconds = atof(argv[5]), warm_up = atof(argv[6]);
    double start = now(), due = start, cpu = -1, t;
    while ((t = now()) < start + warm_up + seconds) {
        if (cpu < 0 && t >= start + warm_up) {
            cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID);
            alone.done = alone.failed = 0;
        }
        for (; due <= t; due += pace(due - start, rate, warm_up)) call();
        if (step()) nanosleep(&rest, NULL);
    }
    cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("all=%.2f failed=%ld\n", cpu * 1e6 / (double)alone.done, alone.failed);
    return 0;
}
