/*
 * load.c - bench: calls a location of nginx at a steady rate, whether the earlier calls have been
 * answered or not, and meanwhile pings another one on a connection of its own.
 *
 *     load PORT PATH RATE SECONDS WARM_UP PID
 *
 * The rate rises during the first half of the warm-up; without one, the start is cold.
 *
 * Prints one line of name=value: calls and failures of the seconds after the warm-up, milliseconds
 * that they took from when they were due (p50, p99; of the last second: last), those of the pings,
 * and the microseconds of CPU per call of the process PID: of its first thread, which runs the
 * event loop, and of all its threads.
 */
#include "pace.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 8000, EVENTS = 512, ROOM = 8192, PATIENCE = 8 };

#define PING_PAUSE 2e-3 /* seconds */

typedef struct connection {
    int fd;
    double due; /* when its request was to be sent */
    size_t length;
    char answer[ROOM];
    struct connection *next_idle;
} connection;

typedef struct series {
    double *values; /* seconds */
    int n;
} series;

static struct {
    int port, epoll, open;
    char request[512], ping_request[512];
    connection *idle, ping;
    double from, until, last; /* what is counted; the last second of it */
    series calls, last_calls, pings;
    int waiting, failed;
} load;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void dial(connection *c)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((in_port_t)load.port) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    int one = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl");
}

static void ask(connection *c, const char *request, double due)
{
    c->due = due;
    c->length = 0;
    size_t length = strlen(request);
    if (send(c->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length) {
        close(c->fd); /* it was closed while it was idle */
        dial(c);
        if (send(c->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length) die("send");
    }
}

static void call(double due)
{
    connection *c = load.idle;
    if (c) {
        load.idle = c->next_idle;
    } else {
        if (load.open++ == MOST_CONNECTIONS) {
            fprintf(stderr, "too many calls wait\n");
            exit(1);
        }
        c = malloc(sizeof *c);
        if (!c) die("malloc");
        dial(c);
    }
    load.waiting++;
    ask(c, load.request, due);
}

static void add(series *s, double seconds)
{
    s->values[s->n++] = seconds;
}

/* Whether an answer is there, all of it. */
static bool is_complete(const connection *c)
{
    const char *end = strstr(c->answer, "\r\n\r\n");
    const char *length = strcasestr(c->answer, "content-length:");
    if (!end) return false;
    size_t body = length && length < end ? strtoul(length + 15, NULL, 10) : 0;
    return c->length >= (size_t)(end + 4 - c->answer) + body;
}

static void count(const connection *c, bool good)
{
    double seconds = now() - c->due;
    if (c == &load.ping) {
        if (c->due >= load.from && c->due < load.until) add(&load.pings, seconds);
        return;
    }
    load.waiting--;
    if (c->due < load.from || c->due >= load.until) return;
    if (!good && load.failed++ == 0) fprintf(stderr, "%s\n", c->answer);
    add(&load.calls, seconds);
    if (c->due >= load.last) add(&load.last_calls, seconds);
}

static void hear(connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->length, ROOM - 1 - c->length, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) return;
    if (n > 0) {
        c->length += (size_t)n;
        c->answer[c->length] = '\0';
        if (!is_complete(c)) return;
        count(c, strncmp(c->answer + 8, " 200", 4) == 0);
    } else {
        strcpy(c->answer, "the connection was closed");
        if (c->due > 0) count(c, false);
        close(c->fd);
        dial(c);
    }
    c->due = -1;
    if (c == &load.ping) return;
    c->next_idle = load.idle;
    load.idle = c;
}

/* The ping comes first, so that what this program does for the calls does not delay it. */
static void hear_all(double seconds)
{
    struct epoll_event events[EVENTS];
    struct timespec wait = { .tv_nsec = seconds > 0 ? (long)(seconds * 1e9) : 0 };
    int n = epoll_pwait2(load.epoll, events, EVENTS, &wait, NULL);
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr == &load.ping) hear(&load.ping);
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr != &load.ping) hear(events[i].data.ptr);
}

/* Nanoseconds that a thread of a process has run. */
static double thread_time(const char *pid, const char *thread)
{
    char path[128];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/%s/task/%s/schedstat", pid, thread);
    FILE *file = fopen(path, "r");
    if (!file) return 0; /* it has ended */
    if (fscanf(file, "%lf", &ns) != 1) ns = 0;
    fclose(file);
    return ns;
}

static double process_time(const char *pid)
{
    char path[64];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/%s/task", pid);
    DIR *folder = opendir(path);
    if (!folder) die(path);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (*entry->d_name != '.') ns += thread_time(pid, entry->d_name);
    closedir(folder);
    return ns;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, series *s)
{
    qsort(s->values, (size_t)s->n, sizeof *s->values, compare);
    double p50 = s->n ? s->values[s->n / 2] : 0, p99 = s->n ? s->values[(long)s->n * 99 / 100] : 0;
    printf(" %s_p50=%.3f %s_p99=%.3f", name, p50 * 1e3, name, p99 * 1e3);
}

static void allocate(series *s, double most)
{
    s->values = malloc(((size_t)most + 1000) * sizeof *s->values);
    if (!s->values) die("malloc");
}

/* Descriptors for all who may wait. */
static void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void prepare(char **argv, double rate, double seconds)
{
    static const char format[] = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n";
    load.port = atoi(argv[1]);
    snprintf(load.request, sizeof load.request, format, argv[2]);
    snprintf(load.ping_request, sizeof load.ping_request, format, "/ping");
    load.epoll = epoll_create1(0);
    allocate(&load.calls, rate * seconds);
    allocate(&load.last_calls, rate * seconds);
    allocate(&load.pings, seconds / PING_PAUSE);
    raise_limit();
    dial(&load.ping);
    load.ping.due = -1;
}

int main(int argc, char **argv)
{
    if (argc != 7) return 2;
    double rate = atof(argv[3]), seconds = atof(argv[4]), warm_up = atof(argv[5]);
    const char *pid = argv[6];
    prepare(argv, rate, seconds);
    double start = now(), due = start, ping = start, t, loop = 0, all = 0;
    bool measuring = false;
    load.from = start + warm_up;
    load.until = load.from + seconds;
    load.last = load.until - 1;
    while ((t = now()) < load.until) {
        if (!measuring && t >= load.from) {
            measuring = true;
            loop = thread_time(pid, pid);
            all = process_time(pid);
        }
        for (; due <= t; due += pace(due - start, rate, warm_up)) call(due);
        if (load.ping.due < 0 && ping <= t) {
            ask(&load.ping, load.ping_request, t);
            ping = t + PING_PAUSE;
        }
        double next = load.ping.due < 0 && ping < due ? ping : due;
        hear_all((next < load.until ? next : load.until) - now());
    }
    loop = thread_time(pid, pid) - loop;
    all = process_time(pid) - all;
    double patience = t + PATIENCE;
    while (load.waiting && now() < patience) hear_all(0.01);
    double called = rate * seconds * 1e3;
    printf("calls=%d failed=%d loop=%.2f all=%.2f", load.calls.n, load.failed + load.waiting,
           loop / called, all / called);
    print("call", &load.calls);
    print("last", &load.last_calls);
    print("ping", &load.pings);
    puts("");
    return 0;
}
