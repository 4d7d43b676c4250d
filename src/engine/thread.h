/*
 * thread.h - ring 2a: the engine of a whole process, in a thread of its own.
 *
 * For event loops that may not wait for libcurl, nor for its TLS. There is one for all the Lua
 * states of a process, with one pool of connections. The thread starts when it is first needed,
 * sleeps while there is nothing to do, and ends before the process does: libcurl's TLS must not be
 * at work when OpenSSL tidies up. It takes no signals.
 *
 * In the child of a fork it is not there; its memory and its descriptors stay unused.
 */
#ifndef ST_ENGINE_THREAD_H
#define ST_ENGINE_THREAD_H

#include "mailbox.h"

#pragma GCC visibility push(hidden)

typedef struct st_thread st_thread;

/* The process's thread, with one more user; NULL with errno when it cannot start. */
st_thread *st_thread_enter(void);

/* One user less. end: when it was the last, the thread ends, with its connections. */
void st_thread_leave(st_thread *t, bool end);

/* Whether it is another process's. */
bool st_thread_stale(const st_thread *t);

/* The lock of both boxes. When it is free, those are rung that were to be. */
void st_thread_lock(st_thread *t);
void st_thread_unlock(st_thread *t);

/* The lock that bells are changed and rung under; whoever takes both takes the other one first. To
   ring takes this one alone, since those who are rung want the other one at once. */
void st_thread_lock_bells(st_thread *t);
void st_thread_unlock_bells(st_thread *t);

/* Has a mailbox rung when the lock, which is held, is free again. */
void st_thread_ring(st_thread *t, st_mailbox *m);

/* Waits, with the lock held, until the condition is signaled or so many seconds have passed
   (negative: any time). False when they have. */
bool st_thread_wait(st_thread *t, pthread_cond_t *changed, double seconds);

/* Puts an order into the inbox, with the lock held; true: the thread sleeps, and is to be woken
   when the lock is free again. */
bool st_thread_order(st_thread *t, st_job *job, int order);
void st_thread_wake(st_thread *t);

#pragma GCC visibility pop

#endif
