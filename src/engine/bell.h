/*
 * bell.h - ring 2a: wakes an event loop that can await a socket, but no descriptor of ours.
 *
 * The loop connects to a path that only this user can reach, and that is gone as soon as it has
 * done so. From then on one byte on that connection says "look here".
 */
#ifndef ST_ENGINE_BELL_H
#define ST_ENGINE_BELL_H

#include <stdbool.h>
#include <sys/un.h>

#pragma GCC visibility push(hidden)

typedef struct st_bell {
    int listener; /* -1: none; else somebody is to connect to the path */
    int line;     /* the connection; -1: none */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
} st_bell;

/* A bell without a line. Allocates nothing. */
void st_bell_init(st_bell *b);

/* Whether there is a line, with somebody at its other end. */
bool st_bell_connected(const st_bell *b);

/* Waits at a new path for somebody to connect; false with errno when there can be none. */
bool st_bell_open(st_bell *b);

/* Takes the line of whoever has connected, and removes the path; false when nobody has. */
bool st_bell_accept(st_bell *b);

/* Rings, if there is a line. */
void st_bell_ring(const st_bell *b);

/* Closes both, and removes the path. */
void st_bell_close(st_bell *b);

#pragma GCC visibility pop

#endif
