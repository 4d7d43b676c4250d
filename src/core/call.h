/*
 * call.h - ring 1: one API call as a state machine without I/O.
 *
 * A driver asks st_call_next what to do: send the request, wait so many seconds, or stop. It
 * answers a send with st_call_sending when the request goes out, and then with either the parts
 * of an answer (status, headers, body, answered) or a failure. The call owns the retries, the
 * deadline, the idempotency key and the history; time comes in as an argument, in seconds of one
 * clock that never goes back.
 */
#ifndef ST_CORE_CALL_H
#define ST_CORE_CALL_H

#include "request.h"
#include "retry.h"
#include "sink.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

typedef struct st_attempt {
    int status;              /* 0: no answer */
    enum st_failure failure;
    char *request_id;        /* owned; NULL: none, or the call's headers still tell it */
    double started, duration;
    double slept;            /* seconds waited before it, for the backoff or for a limiter */
} st_attempt;

enum { ST_FEW_ATTEMPTS = 3 }; /* for which a call has room in itself */

enum st_call_state { ST_CALL_READY, ST_CALL_SENDING, ST_CALL_WAITING, ST_CALL_DONE };
enum st_action { ST_SEND, ST_WAIT, ST_DONE };

typedef struct st_call {
    st_request request;
    st_sink sink;
    st_headers headers; /* of the answer */
    int status;         /* of the answer; 0 while there is none */
    int64_t announced;  /* bytes of its body, by its headers; negative: they don't say */
    int64_t received;   /* bytes of its body */
    bool packed;        /* its body, for the way: then these two differ */
    bool squeeze;       /* its body, when it is a success, is JSON to decode without nulls */
    bool squeezed;      /* that was done: see st_squeeze */
    enum st_failure failure;
    st_buffer message; /* of the failure */
    char peer[48];     /* the address that the last attempt went to; "": unknown */
    enum st_sent sent;
    bool retryable;    /* what ended the call might not happen again */
    enum st_call_state state;
    double timeout;    /* seconds, per attempt; 0: none */
    double deadline;   /* a time; infinite: none */
    double started;    /* of this attempt */
    double since, due; /* of the wait before the next one */
    double slept;      /* before the next one, so far */
    bool bounded;      /* the deadline comes before the attempt's own timeout */
    int max_retries;
    bool retry_rate_limit;
    uint64_t seed;     /* of the jitter */
    st_attempt *attempts; /* max_retries + 1 of them; owned if they are not the few */
    int count;            /* made so far */
    int headers_of;       /* the attempt that the headers are of; negative: none that is over */
    st_attempt few[ST_FEW_ATTEMPTS];
} st_call;

enum { ST_MAX_RETRIES = 1000 };

/* What a call is begun with. */
typedef struct st_call_limits {
    double timeout;  /* seconds, per attempt; 0: none */
    double deadline; /* seconds from now; negative: none */
    int max_retries; /* 0 to ST_MAX_RETRIES */
    bool retry_rate_limit;
    uint64_t seed;
} st_call_limits;

/* Makes a call with an empty request and a sink of at most max_body bytes. Allocates nothing. */
void st_call_init(st_call *c, size_t max_body);

/* Wipes and frees it all. Safe to call twice. */
void st_call_free(st_call *c);

/* Begins a call whose request is complete; false when memory is short. */
bool st_call_begin(st_call *c, double now, const st_call_limits *limits);

/* What to do now; for ST_WAIT, *seconds says how long. Not to be asked while sending. */
enum st_action st_call_next(st_call *c, double now, double *seconds);

/* The request goes out: rewinds its body; returns the seconds that it may take, 0 for any. */
double st_call_sending(st_call *c);

/* The driver waited this long for a limiter before sending. */
void st_call_throttled(st_call *c, double seconds);

/* The parts of an answer, in this order; a 1xx status may come before. Each false says that the
   attempt is over, failed by st_call_failed: the rest is to be dropped. */
bool st_call_status(st_call *c, double now, int status);
bool st_call_header(st_call *c, double now, st_text name, st_text value);
bool st_call_header_line(st_call *c, double now, st_text line); /* "name: value", or no header */
bool st_call_body(st_call *c, double now, const void *bytes, size_t n);

/* The answer's body is there, all of it: what can be done for whoever decodes it. */
void st_call_squeeze(st_call *c);

/* The answer is complete. code is error.code of its body, or NULL. */
void st_call_answered(st_call *c, double now, const char *code);

/* The attempt brought no answer. hopeless: it would fail so again. */
void st_call_failed(st_call *c, double now, enum st_failure failure, st_text message,
                    enum st_sent sent, bool hopeless);

/* The request id that attempt i was answered with; NULL: none. */
const char *st_call_request_id(const st_call *c, int i);

/* Frees what nobody asks a call that succeeded for once its body was read: its request, unless
   that has an idempotency key, and the body. */
void st_call_shed(st_call *c);

/* Ends the call, whatever it is doing. */
void st_call_cancel(st_call *c, double now, st_text reason);

/* Whether the call ended with a 2xx answer. Its body may still not be what was hoped for. */
bool st_call_succeeded(const st_call *c);

#pragma GCC visibility pop

#endif
