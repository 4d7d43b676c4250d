/*
 * sockets.h - ring 2a: which sockets are libcurl's, so that the child of a fork can close its
 * copies of them. A close alone says nothing to the peer as long as the parent has the socket.
 */
#ifndef ST_ENGINE_SOCKETS_H
#define ST_ENGINE_SOCKETS_H

#include <curl/curl.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

typedef struct st_sockets {
    ino_t *inodes; /* owned; by descriptor; 0: not libcurl's */
    int size;
} st_sockets;

/* Has a handle open and close its sockets here; s must outlive the connections. */
void st_sockets_apply(st_sockets *s, CURL *easy);

/* Closes those that are still what they were: the program may have closed them all and reused
   the numbers. */
void st_sockets_close(st_sockets *s);

void st_sockets_free(st_sockets *s);

#pragma GCC visibility pop

#endif
