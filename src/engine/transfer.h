/*
 * transfer.h - ring 2a: one attempt of a call on one easy handle.
 *
 * libcurl's callbacks feed the answer straight into the call's headers and sink; they know
 * nothing of Lua. While a transfer is under way its call belongs to the engine: nobody else
 * touches it, except for its chunks while the transfer is paused.
 */
#ifndef ST_ENGINE_TRANSFER_H
#define ST_ENGINE_TRANSFER_H

#include "../core/call.h"
#include "wire.h"

#pragma GCC visibility push(hidden)

struct st_channel;

/* What there is to tell about a transfer. */
enum st_news {
    ST_NEWS_PROGRESS = 1, /* more bytes went out or came in; only if watched */
    ST_NEWS_CHUNKS = 2,   /* chunks wait, and the transfer pauses until they are taken */
    ST_NEWS_DONE = 4
};

/* What the owner of the engine is to do with a transfer. */
enum st_order { ST_ORDER_START = 1, ST_ORDER_CANCEL = 2, ST_ORDER_RESUME = 4 };

/* An easy handle, and what it is set up for. */
typedef struct st_handle {
    CURL *easy;
    st_wire *wire; /* retained; NULL: libcurl's defaults */
} st_handle;

typedef struct st_transfer {
    st_call *call; /* outlives the transfer */
    void *owner;   /* of whoever started it; opaque */
    struct st_channel *channel;
    st_handle handle;
    int socket;                 /* that libcurl polled for it last; -1: none */
    struct curl_slist *headers; /* owned, in one block with their texts */
    size_t block;               /* its size, bytes */
    const double *now;          /* the engine's time, as of the step that runs the callbacks */
    double ended;               /* by that time, when it is done */
    double skew;                /* the call's clock is that much ahead of it */
    int64_t header_bytes;       /* of all answers, interim ones included */
    bool watched;               /* its owner wants to hear of progress */
    bool sending;               /* the request has begun to leave */
    bool resent;                /* libcurl was about to send it a second time */
    bool paused;
    CURLcode result;
    enum st_failure canceled;   /* why it was ended from outside; ST_FAILURE_NONE: it was not */
    int news, orders;           /* sets of the above */
    bool told, ordered;         /* whether it is in the channel's outbox, the engine's inbox */
    struct st_transfer *next, *previous; /* among those of its channel */
    struct st_transfer *next_told, *next_ordered;
    char message[CURL_ERROR_SIZE];
} st_transfer;

/* Sets up the handle, which has the settings of its wire, for the next attempt of the call.
   False when memory is short. */
bool st_transfer_prepare(st_transfer *t);

/* Tells the call how its attempt failed: false; or true when there is an answer, and only
   st_call_answered is left to be called, by someone who can read the body. */
bool st_transfer_settle(st_transfer *t);

/* Frees what prepare made, but neither the handle nor the call. */
void st_transfer_clear(st_transfer *t);

#pragma GCC visibility pop

#endif
