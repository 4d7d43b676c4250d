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

/* An easy handle, and what it is set up for. Its callbacks find it, and by it the transfer. */
typedef struct st_handle {
    CURL *easy;
    st_wire *wire;                /* retained; NULL: libcurl's defaults */
    struct st_transfer *transfer; /* that it carries out; NULL: none */
    int method;                   /* enum st_method, as set; negative: it must be set */
    CURLU *url;                   /* owned */
    st_buffer origin;             /* "https://host:port" of that; empty: not known */
    bool query;                   /* it has a query, or a fragment */
    long timeout;                 /* milliseconds, as set; negative: it must be set */
    struct curl_slist *headers;   /* owned, in one block with their texts, kept for the next */
    size_t block;                 /* its size, bytes */
    char message[CURL_ERROR_SIZE];
} st_handle;

typedef struct st_transfer {
    st_call *call; /* outlives the transfer */
    void *owner;   /* of whoever started it; opaque */
    struct st_channel *channel;
    st_handle *handle;          /* owned; NULL when it is done */
    struct st_lane *lane;       /* that its handle is on; NULL: none */
    int socket;                 /* that libcurl polled for it last; -1: none */
    const double *now;          /* the engine's time, as of the step that runs the callbacks */
    double ended;               /* by that time, when it is done */
    double skew;                /* the call's clock is that much ahead of it */
    int64_t header_bytes;       /* of all answers, interim ones included */
    bool watched;               /* its owner wants to hear of progress */
    bool sending;               /* the request has begun to leave */
    bool resent;                /* libcurl was about to send it a second time */
    bool paused;
    bool hidden;                /* it has paused, and which socket is its own is not known */
    bool headed;                /* all headers of the final answer have come */
    CURLcode result;
    enum st_failure canceled;   /* why it was ended from outside; ST_FAILURE_NONE: it was not */
    char *message;              /* owned; why it failed; NULL: as the result says */
    int news, orders;           /* sets of the above */
    bool told, ordered;         /* whether it is in the channel's outbox, the engine's inbox */
    struct st_transfer *next, *previous; /* among those of its channel */
    struct st_transfer *next_told, *next_ordered;
} st_transfer;

/* A handle without settings; NULL when memory is short. */
st_handle *st_handle_new(void);

/* Gives a handle all that does not differ between the transfers of one wire; false when memory is
   short: then it is of no use. */
bool st_handle_apply(st_handle *h, st_wire *wire);

/* The headers of its transfer go: the API key is among them. */
void st_handle_clear(st_handle *h);

/* Ends it. easy_too: false in the child of a fork, where libcurl must not say goodbye. */
void st_handle_free(st_handle *h, bool easy_too);

/* Sets up the handle, which has the settings of its wire, for the next attempt of the call.
   False when memory is short. */
bool st_transfer_prepare(st_transfer *t);

/* It is about to begin, and may have waited since it was prepared, which counts as the call's time
   but not as the attempt's. False when that was all the time that the call had. */
bool st_transfer_begin(st_transfer *t);

/* Tells the call how its attempt failed: false; or true when there is an answer, and only
   st_call_answered is left to be called, by someone who can read the body. */
bool st_transfer_settle(st_transfer *t);

/* Frees one that is done and settled. */
void st_transfer_free(st_transfer *t);

/* Keeps why the transfer failed: a copy, shortened if need be. */
void st_transfer_explain(st_transfer *t, st_text message);

#pragma GCC visibility pop

#endif
