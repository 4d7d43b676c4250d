/*
 * lanes.h - ring 2a: libcurl's multis, and their sockets in one epoll.
 *
 * With each transfer, a multi looks at all the connections that it has to a host. So that a call
 * costs as much among a thousand as among a few, no multi gets many: more transfers get another
 * one, a lane beside it, with connections, names and CAs of its own. As long as there are few,
 * there is one lane, and one that nobody has needed for a while is closed.
 */
#ifndef ST_ENGINE_LANES_H
#define ST_ENGINE_LANES_H

#include "sockets.h"
#include "transfer.h"

#include <sys/epoll.h>

#pragma GCC visibility push(hidden)

enum { ST_LANES = 64 }; /* at most */

typedef struct st_lanes st_lanes;

typedef struct st_lane {
    st_lanes *all;
    CURLM *multi;
    int number; /* among all */
    int active; /* transfers that it has */
    int hidden; /* those of them whose socket nobody knows; see st_lanes_pause */
    double used; /* when it was last known to have any, seconds */
    double due;  /* when libcurl wants to be called, seconds; infinite: never, 0: at once */
} st_lane;

struct st_lanes {
    st_lane *of[ST_LANES]; /* owned; the first is always there, when there is any */
    int n;
    long connections;  /* to one host, of all together; 0: any number */
    st_sockets sockets;
};

/* Opens the first lane; false when memory is short. */
bool st_lanes_open(st_lanes *l, int epoll, long connections);

/* Closes all, with their connections. */
void st_lanes_close(st_lanes *l);

/* In the child of a fork: closes copies of sockets, and says nothing on them. */
void st_lanes_forget(st_lanes *l);

/* How many connections a host may have from now on; 0: any number. */
void st_lanes_limit(st_lanes *l, long connections);

/* Has a transfer, whose handle is ready, begin on the lane that suits it; false when memory is
   short. It leaves its lane when st_lanes_next has told its end, or on the way. */
bool st_lanes_begin(st_lanes *l, st_transfer *t);
void st_lanes_leave(st_transfer *t, double now);

/* A transfer pauses. When libcurl has not had its socket polled yet, since the answer came at once,
   that socket passes for idle: until libcurl does, no socket of the lane is ended as such. */
void st_lanes_pause(st_transfer *t);

/* The next transfer that libcurl is done with, and how it ended; NULL: no other one. */
st_transfer *st_lanes_next(st_lanes *l, CURLcode *result);

/* What epoll has told of one of its sockets. */
void st_lanes_event(st_lanes *l, const struct epoll_event *event);

/* When libcurl wants to be called: the earliest `due`. */
double st_lanes_due(const st_lanes *l);

/* Calls libcurl where it is due. Closes what nobody has needed for a while. */
void st_lanes_run(st_lanes *l, double now);

#pragma GCC visibility pop

#endif
