/* bell.c - ring 2a: wakes an event loop that can await a socket, but no descriptor of ours. */
#include "bell.h"

#include <errno.h>
#include <stdio.h> /* snprintf */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOLDER "/stripe-XXXXXX"
#define NAME "/bell"

void st_bell_init(st_bell *b)
{
    *b = (st_bell){ .listener = -1, .line = -1 };
}

bool st_bell_connected(const st_bell *b)
{
    char byte;
    if (b->line < 0) return false;
    ssize_t n = recv(b->line, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* The name stays: by it the event loop knows its connection. */
static void remove_path(const st_bell *b)
{
    char path[sizeof b->path];
    memcpy(path, b->path, sizeof path);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
}

static void stop_listening(st_bell *b)
{
    if (b->listener < 0) return;
    close(b->listener);
    b->listener = -1;
    remove_path(b);
}

/* A folder of our own, which nobody else may enter, and in it the path. */
static bool make_path(st_bell *b)
{
    const char *base = getenv("TMPDIR");
    bool fits = base && *base == '/' && strlen(base) + sizeof FOLDER NAME <= sizeof b->path;
    if (!fits) base = P_tmpdir;
    snprintf(b->path, sizeof b->path, "%s" FOLDER, base);
    if (!mkdtemp(b->path)) return false;
    strcat(b->path, NAME);
    return true;
}

bool st_bell_open(st_bell *b)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    st_bell_close(b);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return false;
    if (!make_path(b)) {
        int error = errno;
        close(fd);
        errno = error;
        return false;
    }
    b->listener = fd;
    memcpy(address.sun_path, b->path, sizeof b->path);
    if (bind(b->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
        listen(b->listener, 1) == 0)
        return true;
    int error = errno;
    stop_listening(b);
    errno = error;
    return false;
}

/* The path was open to every process of this user: only our own is let in. */
static bool is_us(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == getpid();
}

bool st_bell_accept(st_bell *b)
{
    if (b->listener < 0) return false;
    b->line = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (b->line >= 0 && !is_us(b->line)) {
        close(b->line);
        b->line = -1;
    }
    stop_listening(b);
    return b->line >= 0;
}

void st_bell_ring(const st_bell *b)
{
    if (b->line >= 0) (void)!send(b->line, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void st_bell_close(st_bell *b)
{
    stop_listening(b);
    if (b->line >= 0) close(b->line);
    b->line = -1;
}
