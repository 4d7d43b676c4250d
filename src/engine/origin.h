/* origin.h - ring 2a: whether this is the process that made something, or the child of a fork. */
#ifndef ST_ENGINE_ORIGIN_H
#define ST_ENGINE_ORIGIN_H

#include <stdbool.h>
#include <sys/types.h>

#pragma GCC visibility push(hidden)

typedef struct st_origin {
    pid_t pid;
    volatile char *page; /* owned; zero in every child; NULL: the pid has to be asked for */
} st_origin;

/* Remembers this process. */
void st_origin_init(st_origin *o);

/* Whether it is another one now: a look at memory where the system allows, no system call. */
bool st_origin_left(const st_origin *o);

void st_origin_free(st_origin *o);

#pragma GCC visibility pop

#endif
