/*
 * load.c - bench: a load generator for servers on this machine. It costs little beside them, so
 * that what is measured is the server.
 *
 *   load port requests connections < text of one request
 *
 * Sends that text so many times over so many connections, each anew when its answer is there.
 * Prints the seconds on the wall, and how many answers were not 200.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 256, REQUEST = 16384, ANSWER = 65536 };

typedef struct {
    int socket;
    size_t n; /* bytes that have come of the answer */
    char bytes[ANSWER + 1];
} connection;

static connection connections[MOST];
static char request[REQUEST];
static size_t request_size;
static long sent, done, bad;

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ask(connection *c)
{
    sent++;
    if (write(c->socket, request, request_size) != (ssize_t)request_size) give_up("write");
}

/* Whether the answer is whole: its head, and as many bytes as that promises. */
static int is_whole(connection *c)
{
    c->bytes[c->n] = 0;
    char *end = strstr(c->bytes, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(c->bytes, "\r\ncontent-length:");
    if (!length || length > end) give_up("an answer without a length");
    size_t size = (size_t)(end + 4 - c->bytes) + strtoul(length + 17, NULL, 10);
    if (c->n > size) give_up("too much of an answer");
    return c->n == size;
}

static void receive(connection *c)
{
    ssize_t n = read(c->socket, c->bytes + c->n, ANSWER - c->n);
    if (n <= 0) give_up("read");
    c->n += (size_t)n;
    if (!is_whole(c)) return;
    if (strncmp(c->bytes, "HTTP/1.1 200", 12) != 0) bad++;
    c->n = 0;
    done++;
}

static void reach(connection *c, int port, int poll)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    int yes = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (struct sockaddr *)&to, sizeof to) != 0) give_up("connect");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
}

int main(int argc, char **argv)
{
    struct epoll_event events[MOST];
    if (argc != 4) return 2;
    int port = atoi(argv[1]), wide = atoi(argv[3]), poll = epoll_create1(0);
    long total = atol(argv[2]);
    if (wide < 1 || wide > MOST || wide > total) return 2;
    request_size = fread(request, 1, REQUEST, stdin);
    for (int i = 0; i < wide; i++) reach(&connections[i], port, poll);
    double started = now();
    for (int i = 0; i < wide; i++) ask(&connections[i]);
    while (done < total) {
        int n = epoll_wait(poll, events, MOST, 10000);
        if (n <= 0) give_up("epoll_wait");
        for (int i = 0; i < n; i++) {
            connection *c = events[i].data.ptr;
            receive(c);
            if (c->n == 0 && sent < total) ask(c);
        }
    }
    printf("%.6f %ld\n", now() - started, bad);
    return 0;
}
