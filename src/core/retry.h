/*
 * retry.h - ring 1: whether an attempt that did not succeed may be made again, and when.
 *
 * Pure functions over what came of one attempt. How many attempts there may be, and until when,
 * is the call's business.
 */
#ifndef ST_CORE_RETRY_H
#define ST_CORE_RETRY_H

#include <stdbool.h>

#pragma GCC visibility push(hidden)

/* Why an attempt brought no answer. */
enum st_failure {
    ST_FAILURE_NONE,
    ST_FAILURE_RESOLVE,   /* the host has no address */
    ST_FAILURE_CONNECT,
    ST_FAILURE_TLS,
    ST_FAILURE_TIMEOUT,
    ST_FAILURE_RESET,     /* the connection ended early, perhaps within the answer's body */
    ST_FAILURE_ABORTED,   /* this side stopped: a callback, a full disk */
    ST_FAILURE_PROTOCOL,  /* what came back was not HTTP */
    ST_FAILURE_TOO_LARGE, /* the answer exceeded its cap */
    ST_FAILURE_CANCELED,
    ST_FAILURE_DEADLINE   /* the call's own time was over */
};

/* Whether the request reached Stripe. */
enum st_sent { ST_SENT_NO, ST_SENT_MAYBE, ST_SENT_YES };

/* The name of a failure in the contract, such as "resolve", and back: ST_FAILURE_NONE for a
   name that is none. */
const char *st_failure_name(enum st_failure failure);
enum st_failure st_failure_named(const char *name);

/* How far a request got that failed so, when the transport does not say. */
enum st_sent st_failure_sent(enum st_failure failure);

/* What came of an attempt: a failure, or a status that is not 2xx. */
typedef struct st_outcome {
    enum st_failure failure; /* ST_FAILURE_NONE: there was an answer */
    bool hopeless;           /* of a failure: it would come again, as an untrusted certificate */
    int status;
    const char *should_retry; /* the header Stripe-Should-Retry; NULL: none */
    const char *code;         /* error.code of the body; NULL: none */
} st_outcome;

enum st_verdict {
    ST_RETRY_NO,
    ST_RETRY_YES,
    ST_RETRY_IF_LIMITED /* a plain 429: safe, but only for callers who asked for it */
};

enum st_verdict st_retry_verdict(const st_outcome *outcome);

/* Seconds to wait before the n-th retry (from 1): doubling from half a second up to five, times
   a random factor, u in [0, 1), that spreads clients; never less than half a second. */
double st_retry_delay(int n, double u);

/* The seconds that a Retry-After header asks for; 0 for none, a date, or too many: more than a
   minute, or for a call that is bounded by a deadline, more than a day. */
double st_retry_after(const char *header, bool bounded);

#pragma GCC visibility pop

#endif
