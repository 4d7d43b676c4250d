/* sockets.c - ring 2a: which sockets are libcurl's. */
#include "sockets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALLEST = 64 };

/* The number of the file behind a descriptor, 0 if there is none. */
static ino_t inode_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/* One that finds no room is not remembered: a child then keeps it open, which is no worse. */
static void remember(st_sockets *s, int fd)
{
    if (fd >= s->size) {
        int size = s->size ? s->size : SMALLEST;
        while (size <= fd) size *= 2;
        ino_t *inodes = realloc(s->inodes, (size_t)size * sizeof *inodes);
        if (!inodes) return;
        memset(inodes + s->size, 0, (size_t)(size - s->size) * sizeof *inodes);
        s->inodes = inodes;
        s->size = size;
    }
    s->inodes[fd] = inode_of(fd);
}

static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) remember(data, fd);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int on_close(void *data, curl_socket_t fd)
{
    st_sockets *s = data;
    if (fd < s->size) s->inodes[fd] = 0;
    return close(fd);
}

void st_sockets_apply(st_sockets *s, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, s);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, s);
}

void st_sockets_close(st_sockets *s)
{
    for (int fd = 0; fd < s->size; fd++)
        if (s->inodes[fd] && s->inodes[fd] == inode_of(fd)) close(fd);
}

void st_sockets_free(st_sockets *s)
{
    free(s->inodes);
    s->inodes = NULL;
    s->size = 0;
}
