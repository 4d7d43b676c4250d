/* retry.c - ring 1: whether an attempt that did not succeed may be made again, and when. */
#include "retry.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#define INITIAL_DELAY 0.5 /* seconds, as in every official library */
#define LONGEST_DELAY 5.0
#define LONGEST_RETRY_AFTER 86400.0 /* idempotency keys are kept for a day: later is too late */
#define LONGEST_UNBOUNDED 60.0      /* no caller means to sleep for hours in one call */

static const struct {
    const char *name;
    bool again;
    enum st_sent sent;
} failures[] = {
    [ST_FAILURE_NONE] = { "", false, ST_SENT_YES },
    [ST_FAILURE_RESOLVE] = { "resolve", true, ST_SENT_NO },
    [ST_FAILURE_CONNECT] = { "connect", true, ST_SENT_NO },
    [ST_FAILURE_TLS] = { "tls", true, ST_SENT_NO },
    [ST_FAILURE_TIMEOUT] = { "timeout", true, ST_SENT_MAYBE },
    [ST_FAILURE_RESET] = { "reset", true, ST_SENT_MAYBE },
    [ST_FAILURE_ABORTED] = { "aborted", false, ST_SENT_MAYBE },
    [ST_FAILURE_PROTOCOL] = { "protocol", false, ST_SENT_MAYBE },
    [ST_FAILURE_TOO_LARGE] = { "too_large", false, ST_SENT_YES },
    [ST_FAILURE_CANCELED] = { "canceled", false, ST_SENT_MAYBE },
    [ST_FAILURE_DEADLINE] = { "deadline", false, ST_SENT_MAYBE },
};

/* Statuses that are tried again; first match. A 500 is, too: its stored answer would only be
   replayed, but then Stripe says so in Stripe-Should-Retry, and a proxy's 5xx is not stored. */
static const struct {
    int low, high;
    const char *code; /* NULL: any */
    enum st_verdict verdict;
} statuses[] = {
    { 409, 409, NULL, ST_RETRY_YES },
    { 429, 429, "lock_timeout", ST_RETRY_YES },
    { 429, 429, NULL, ST_RETRY_IF_LIMITED },
    { 500, INT_MAX, NULL, ST_RETRY_YES },
};

const char *st_failure_name(enum st_failure failure)
{
    return failures[failure].name;
}

enum st_failure st_failure_named(const char *name)
{
    for (size_t i = 1; i < sizeof failures / sizeof *failures; i++)
        if (strcmp(failures[i].name, name) == 0) return (enum st_failure)i;
    return ST_FAILURE_NONE;
}

enum st_sent st_failure_sent(enum st_failure failure)
{
    return failures[failure].sent;
}

enum st_verdict st_retry_verdict(const st_outcome *outcome)
{
    if (outcome->failure != ST_FAILURE_NONE)
        return failures[outcome->failure].again && !outcome->hopeless ? ST_RETRY_YES : ST_RETRY_NO;
    if (outcome->should_retry && strcmp(outcome->should_retry, "true") == 0) return ST_RETRY_YES;
    if (outcome->should_retry && strcmp(outcome->should_retry, "false") == 0) return ST_RETRY_NO;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (outcome->status < statuses[i].low || outcome->status > statuses[i].high) continue;
        if (!statuses[i].code || (outcome->code && strcmp(outcome->code, statuses[i].code) == 0))
            return statuses[i].verdict;
    }
    return ST_RETRY_NO;
}

double st_retry_delay(int n, double u)
{
    double delay = INITIAL_DELAY;
    for (int i = 1; i < n && delay < LONGEST_DELAY; i++) delay *= 2;
    if (delay > LONGEST_DELAY) delay = LONGEST_DELAY;
    delay *= 0.5 + 0.5 * u;
    return delay < INITIAL_DELAY ? INITIAL_DELAY : delay;
}

double st_retry_after(const char *header, bool bounded)
{
    double seconds = 0, most = bounded ? LONGEST_RETRY_AFTER : LONGEST_UNBOUNDED;
    if (!header) return 0;
    for (; *header; header++) {
        if (*header < '0' || *header > '9') return 0;
        seconds = seconds * 10 + (*header - '0');
    }
    return seconds <= most ? seconds : 0;
}
