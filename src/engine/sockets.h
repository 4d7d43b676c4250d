/*
 * sockets.h - ring 2a: which sockets are libcurl's, and which of them nobody uses.
 *
 * The child of a fork closes its copies of them; a close alone says nothing to the peer as long
 * as the parent has the socket. And one that the peer closed while it was idle is ended before
 * libcurl takes it for the next request: over TLS it would not notice that, since the peer's
 * farewell waits to be read on it.
 */
#ifndef ST_ENGINE_SOCKETS_H
#define ST_ENGINE_SOCKETS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

typedef struct st_socket {
    ino_t inode;      /* 0: not libcurl's */
    const void *user; /* the transfer that polled it last and has not left it; NULL: none */
    bool polled;      /* it is in the engine's epoll */
    uint32_t wanted;  /* what libcurl waits for there, as epoll has it; 0: nothing */
    uint32_t watched; /* what epoll watches for; 0: once, for the end */
} st_socket;

typedef struct st_sockets {
    int epoll;     /* not owned */
    st_socket *of; /* owned; by descriptor */
    int size;
} st_sockets;

/* Has a handle open and close its sockets here; s must outlive the connections. */
void st_sockets_apply(st_sockets *s, CURL *easy);

/* The socket of that descriptor; NULL when it is not libcurl's. */
st_socket *st_sockets_find(const st_sockets *s, int fd);

/* Whether something waits to be read that is no TLS: on an idle connection nobody has asked for it,
   and libcurl would take it for the next answer. Or an alert of TLS, with which a peer leaves that
   waits for our farewell before it closes. Tickets of TLS come when they want. */
bool st_sockets_unasked(int fd);

/* Ends an idle socket, as when its peer is gone, so that libcurl finds it dead. */
void st_sockets_end(int fd);

/* Closes those that are still what they were: the program may have closed them all and reused
   the numbers. */
void st_sockets_close(st_sockets *s);

void st_sockets_free(st_sockets *s);

#pragma GCC visibility pop

#endif
