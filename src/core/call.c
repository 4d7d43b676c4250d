/* call.c - ring 1: one API call as a state machine without I/O. */
#include "call.h"
#include "squeeze.h"

#include <math.h> /* INFINITY, isinf */
#include <stdio.h> /* snprintf */
#include <stdlib.h>
#include <string.h>
#include <strings.h> /* strcasecmp */

enum {
    ANSWER_HEADERS_CAP = 1 << 18,
    ANSWER_HEADERS = 2000,  /* bytes that those of most answers need */
    BODY_AT_ONCE = 1 << 20, /* of an announced body, no more than this is believed at once */
    MESSAGE_CAP = 4096
};

#define SHORTEST_TIMEOUT 1e-3 /* seconds; 0 would mean any time */
#define CLOCKS_DIFFER 2e-3    /* seconds that a timeout may be early by another clock */

void st_call_init(st_call *c, size_t max_body)
{
    *c = (st_call){ .deadline = INFINITY, .headers_of = -1 };
    st_request_init(&c->request);
    st_sink_init(&c->sink, max_body);
    st_headers_init(&c->headers, ANSWER_HEADERS_CAP);
    st_buffer_init(&c->message, MESSAGE_CAP);
}

void st_call_free(st_call *c)
{
    st_request_free(&c->request);
    st_sink_free(&c->sink);
    st_headers_free(&c->headers);
    st_buffer_free(&c->message);
    for (int i = 0; i < c->count; i++) free(c->attempts[i].request_id);
    if (c->attempts != c->few) free(c->attempts);
    c->attempts = NULL;
    c->count = 0;
    c->state = ST_CALL_DONE; /* whatever still comes in is dropped */
}

bool st_call_begin(st_call *c, double now, const st_call_limits *limits)
{
    c->timeout = limits->timeout;
    if (limits->deadline >= 0) c->deadline = now + limits->deadline;
    c->max_retries = limits->max_retries;
    c->retry_rate_limit = limits->retry_rate_limit;
    c->seed = limits->seed;
    c->started = now;
    c->attempts = c->few;
    if (c->max_retries >= ST_FEW_ATTEMPTS)
        c->attempts = calloc((size_t)c->max_retries + 1, sizeof *c->attempts);
    return c->attempts != NULL;
}

static void end_failed(st_call *c, enum st_failure failure, st_text message)
{
    c->failure = failure;
    c->state = ST_CALL_DONE;
    c->status = 0;
    st_sink_abort(&c->sink);
    st_buffer_reset(&c->message);
    if (message.length > MESSAGE_CAP) message.length = MESSAGE_CAP;
    st_buffer_append(&c->message, message.data, message.length);
}

static void end_late(st_call *c)
{
    static const char text[] = "the call's deadline has passed";
    end_failed(c, ST_FAILURE_DEADLINE, (st_text){ text, sizeof text - 1 });
    c->retryable = true;
}

const char *st_call_request_id(const st_call *c, int i)
{
    const char *kept = c->attempts[i].request_id;
    return kept || i != c->headers_of ? kept : st_headers_find(&c->headers, "Request-Id");
}

/* The headers of an attempt go: its request id stays. */
static void forget_headers(st_call *c)
{
    const char *id = c->headers_of < 0 ? NULL : st_call_request_id(c, c->headers_of);
    if (id) c->attempts[c->headers_of].request_id = strdup(id);
    c->headers_of = -1;
    st_headers_reset(&c->headers);
}

enum st_action st_call_next(st_call *c, double now, double *seconds)
{
    if (c->state == ST_CALL_DONE) return ST_DONE;
    if (now >= c->deadline) {
        end_late(c);
        return ST_DONE;
    }
    if (c->state == ST_CALL_WAITING) {
        if (now < c->due) {
            *seconds = c->due - now;
            return ST_WAIT;
        }
        c->slept += now - c->since;
        c->state = ST_CALL_READY;
        c->status = 0;
        forget_headers(c);
    }
    c->started = now;
    return ST_SEND;
}

double st_call_sending(st_call *c)
{
    double left = c->deadline - c->started;
    st_source_rewind(&c->request.body);
    if (c->state == ST_CALL_READY) c->state = ST_CALL_SENDING;
    c->bounded = !isinf(left) && (c->timeout <= 0 || left <= c->timeout);
    if (!c->bounded) return c->timeout;
    return left > SHORTEST_TIMEOUT ? left : SHORTEST_TIMEOUT;
}

void st_call_throttled(st_call *c, double seconds)
{
    c->slept += seconds;
    c->started += seconds;
}

/* Whether the driver may still report what came of an attempt: not when the call was canceled
   meanwhile. */
static bool in_attempt(const st_call *c)
{
    return c->state == ST_CALL_READY || c->state == ST_CALL_SENDING;
}

static void record(st_call *c, double now, enum st_failure failure)
{
    st_attempt *attempt = &c->attempts[c->count];
    c->headers_of = c->count++;
    attempt->status = failure == ST_FAILURE_NONE ? c->status : 0;
    attempt->failure = failure;
    attempt->request_id = NULL;
    attempt->started = c->started;
    attempt->duration = now - c->started;
    attempt->slept = c->slept;
    c->slept = 0;
}

/* The next of a sequence of numbers in [0, 1) that the seed chooses (splitmix64). */
static double random_unit(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) / 9007199254740992.0;
}

static void wait(st_call *c, double now)
{
    double delay = st_retry_delay(c->count, random_unit(&c->seed));
    if (c->status == 429) {
        const char *header = st_headers_find(&c->headers, "Retry-After");
        double asked = st_retry_after(header, c->deadline < INFINITY);
        if (asked > delay) delay = asked;
    }
    c->state = ST_CALL_WAITING;
    c->since = now;
    c->due = now + delay;
    if (c->due > c->deadline) c->due = c->deadline;
}

/* After an attempt that did not succeed: waits for the next one, and says so, or does not. A
   chunk that somebody has taken cannot be given again. A POST without a key might be done twice. */
static bool again(st_call *c, double now, const st_outcome *outcome)
{
    enum st_verdict verdict = st_retry_verdict(outcome);
    c->retryable = verdict != ST_RETRY_NO;
    if (now >= c->deadline) return false;
    if (c->count > c->max_retries || c->sink.taken) return false;
    if (c->request.method == ST_POST && !st_headers_find(&c->request.headers, "Idempotency-Key"))
        return false;
    if (verdict == ST_RETRY_NO || (verdict == ST_RETRY_IF_LIMITED && !c->retry_rate_limit))
        return false;
    wait(c, now);
    return true;
}

void st_call_failed(st_call *c, double now, enum st_failure failure, st_text message,
                    enum st_sent sent, bool hopeless)
{
    if (!in_attempt(c)) return;
    st_outcome outcome = { .failure = failure, .hopeless = hopeless };
    record(c, now, failure);
    if (sent > c->sent) c->sent = sent;
    bool retrying = again(c, now, &outcome);
    bool late = failure == ST_FAILURE_TIMEOUT && c->bounded && now >= c->deadline - CLOCKS_DIFFER;
    if (late)
        end_late(c);
    else if (retrying)
        st_sink_abort(&c->sink);
    else
        end_failed(c, failure, message);
}

/* Fails an attempt because of the answer that came. */
static bool fail(st_call *c, double now, enum st_failure failure, const char *message)
{
    st_text text = { message, strlen(message) };
    st_call_failed(c, now, failure, text, ST_SENT_YES, true);
    return false;
}

static bool fail_file(st_call *c, double now)
{
    char message[256];
    snprintf(message, sizeof message, "the file for the answer: %s", strerror(c->sink.error));
    return fail(c, now, ST_FAILURE_ABORTED, message);
}

bool st_call_status(st_call *c, double now, int status)
{
    if (!in_attempt(c)) return false;
    st_headers_reset(&c->headers); /* those of a 1xx, or of the attempt before */
    c->status = status;
    c->announced = -1;
    c->received = 0;
    c->packed = c->squeezed = false;
    if (status < 100 || status > 999)
        return fail(c, now, ST_FAILURE_PROTOCOL, "the answer has no HTTP status");
    if (st_sink_open(&c->sink, status >= 200 && status < 300)) return true;
    return fail_file(c, now);
}

/* Keeps what the last header, whose name is that long, says about the body. */
static void note(st_call *c, size_t name_length)
{
    if (name_length != 14 && name_length != 16) return;
    const char *value = c->headers.text.data + c->headers.text.length - 1;
    do value--;
    while (*value);
    const char *name = value++ - name_length;
    if (name_length == 14 && c->announced < 0 && strcasecmp(name, "Content-Length") == 0)
        c->announced = strtoll(value, NULL, 10);
    else if (name_length == 16 && strcasecmp(name, "Content-Encoding") == 0)
        c->packed = true;
}

static bool refuse_header(st_call *c, double now)
{
    if (c->headers.text.state == ST_BUFFER_FULL)
        return fail(c, now, ST_FAILURE_TOO_LARGE, "the answer's headers are too large");
    if (c->headers.text.state == ST_BUFFER_NO_MEMORY)
        return fail(c, now, ST_FAILURE_ABORTED, "out of memory");
    return fail(c, now, ST_FAILURE_PROTOCOL, "the answer has a malformed header");
}

bool st_call_header(st_call *c, double now, st_text name, st_text value)
{
    if (!in_attempt(c)) return false;
    if (!st_headers_add(&c->headers, name, value)) return refuse_header(c, now);
    note(c, name.length);
    return true;
}

bool st_call_header_line(st_call *c, double now, st_text line)
{
    size_t name;
    if (!in_attempt(c)) return false;
    if (!c->headers.text.data) st_buffer_reserve(&c->headers.text, ANSWER_HEADERS);
    if (st_headers_add_line(&c->headers, line, &name)) {
        note(c, name);
        return true;
    }
    if (!memchr(line.data, ':', line.length)) return true; /* the rest of a folded one */
    return refuse_header(c, now);
}

bool st_call_body(st_call *c, double now, const void *bytes, size_t n)
{
    if (!in_attempt(c)) return false;
    if (c->received == 0 && c->announced > 0 && !c->packed && c->announced <= BODY_AT_ONCE)
        st_sink_expect(&c->sink, (size_t)c->announced);
    c->received += (int64_t)n;
    if (st_sink_write(&c->sink, bytes, n)) return true;
    if (c->sink.buffer.state == ST_BUFFER_FULL)
        return fail(c, now, ST_FAILURE_TOO_LARGE, "the answer's body is larger than allowed");
    if (c->sink.buffer.state == ST_BUFFER_NO_MEMORY)
        return fail(c, now, ST_FAILURE_ABORTED, "out of memory");
    return fail_file(c, now);
}

/* Whether less of the body came than announced: the connection broke. Whoever unpacked the body
   knows better than the header. */
static bool cut_short(const st_call *c)
{
    return c->received < c->announced && !c->packed;
}

void st_call_squeeze(st_call *c)
{
    st_buffer *body = &c->sink.buffer;
    if (!c->squeeze || !in_attempt(c) || !c->sink.on_target || body->length == 0) return;
    c->squeezed = st_squeeze(body->data, &body->length);
}

void st_call_answered(st_call *c, double now, const char *code)
{
    static const char cut[] = "the answer ended before its body was complete";
    if (!in_attempt(c)) return;
    if (cut_short(c)) {
        st_text message = { cut, sizeof cut - 1 };
        st_call_failed(c, now, ST_FAILURE_RESET, message, ST_SENT_YES, false);
        return;
    }
    bool success = c->status >= 200 && c->status < 300;
    if (success && !st_sink_commit(&c->sink)) {
        fail_file(c, now);
        return;
    }
    record(c, now, ST_FAILURE_NONE);
    c->sent = ST_SENT_YES;
    st_outcome outcome = {
        .status = c->status,
        .should_retry = success ? NULL : st_headers_find(&c->headers, "Stripe-Should-Retry"),
        .code = code,
    };
    if (success) c->retryable = false; /* whatever the attempts before it said */
    if (success || !again(c, now, &outcome)) c->state = ST_CALL_DONE;
}

void st_call_cancel(st_call *c, double now, st_text reason)
{
    if (c->state == ST_CALL_DONE) return;
    if (c->state == ST_CALL_SENDING) {
        record(c, now, ST_FAILURE_CANCELED);
        if (c->sent == ST_SENT_NO) c->sent = ST_SENT_MAYBE;
    }
    c->retryable = false;
    end_failed(c, ST_FAILURE_CANCELED, reason);
}

void st_call_shed(st_call *c)
{
    bool keyed = c->request.method == ST_POST ||
                 st_headers_find(&c->request.headers, "Idempotency-Key") != NULL;
    if (!keyed) st_request_free(&c->request);
    st_sink_free(&c->sink);
}

bool st_call_succeeded(const st_call *c)
{
    return c->state == ST_CALL_DONE && c->failure == ST_FAILURE_NONE && c->status >= 200 &&
           c->status < 300;
}
