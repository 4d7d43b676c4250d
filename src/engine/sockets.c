/* sockets.c - ring 2a: which sockets are libcurl's, and which of them nobody uses. */
#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALLEST = 64, SCRAP = 4096 };

/* The number of the file behind a descriptor, 0 if there is none. */
static ino_t inode_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/* One that finds no room is not remembered, and does without what this file is for. */
static void remember(st_sockets *s, int fd)
{
    if (fd >= s->size) {
        int size = s->size ? s->size : SMALLEST;
        while (size <= fd) size *= 2;
        st_socket *of = realloc(s->of, (size_t)size * sizeof *of);
        if (!of) return;
        memset(of + s->size, 0, (size_t)(size - s->size) * sizeof *of);
        s->of = of;
        s->size = size;
    }
    s->of[fd] = (st_socket){ .inode = inode_of(fd) };
}

static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) remember(data, fd);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* As long as a child has a copy of it, epoll would not forget it by itself. */
static int on_close(void *data, curl_socket_t fd)
{
    const st_sockets *s = data;
    struct epoll_event none = { .events = 0 };
    st_socket *socket = st_sockets_find(s, fd);
    if (socket && socket->polled) epoll_ctl(s->epoll, EPOLL_CTL_DEL, fd, &none);
    if (socket) *socket = (st_socket){ .inode = 0 };
    return close(fd);
}

void st_sockets_apply(st_sockets *s, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, s);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, s);
}

st_socket *st_sockets_find(const st_sockets *s, int fd)
{
    return fd >= 0 && fd < s->size && s->of[fd].inode ? &s->of[fd] : NULL;
}

/* Whether that is the head of a TLS record (RFC 8446, 5.1) with an alert in it, the farewell as a
   rule: it says so, or is encrypted and as short as nothing else is. */
static bool is_alert(const unsigned char *head)
{
    enum { ALERT = 21, ENCRYPTED = 23, LONGEST = 2 + 1 + 16 }; /* the alert, its type, the tag */
    return head[0] == ALERT ||
           (head[0] == ENCRYPTED && head[3] == 0 && head[4] > 0 && head[4] <= LONGEST);
}

bool st_sockets_unasked(int fd)
{
    unsigned char head[5];
    ssize_t n = recv(fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
    if (n <= 0) return false;
    return head[0] < 20 || head[0] > 24 || (n == (ssize_t)sizeof head && is_alert(head));
}

/* What waits on it is thrown away: only then does a look at it show the end. */
void st_sockets_end(int fd)
{
    char scrap[SCRAP];
    shutdown(fd, SHUT_RDWR);
    while (recv(fd, scrap, sizeof scrap, MSG_DONTWAIT) > 0) continue;
}

void st_sockets_close(st_sockets *s)
{
    for (int fd = 0; fd < s->size; fd++)
        if (s->of[fd].inode && s->of[fd].inode == inode_of(fd)) close(fd);
}

void st_sockets_free(st_sockets *s)
{
    free(s->of);
    s->of = NULL;
    s->size = 0;
}
