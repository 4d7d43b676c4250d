/* transfer.c - ring 2a: one attempt of a call on one easy handle. */
#include "transfer.h"
#include "channel.h"
#include "failure.h"

#include <openssl/crypto.h> /* OPENSSL_cleanse */
#include <stdio.h>          /* SEEK_SET, snprintf */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HEADERS_MAX = 1 << 18, /* bytes of all header lines that an attempt may bring */
    QUEUE_HIGH = 1 << 18   /* bytes of chunks that may wait before the transfer pauses */
};

static double time_of(const st_transfer *t)
{
    return *t->now + t->skew;
}

static void told_progress(st_transfer *t)
{
    if (t->watched) st_channel_tell(t, ST_NEWS_PROGRESS);
}

/* "HTTP/1.1 200 OK", of a final answer or of an interim one. */
static bool on_status(st_transfer *t, const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length), *end = line + length;
    int status = 0;
    for (; space && space + 1 < end && space[1] >= '0' && space[1] <= '9' && status < 1000; space++)
        status = status * 10 + (space[1] - '0');
    return st_call_status(t->call, time_of(t), status);
}

static void fail_headers(st_transfer *t, double now)
{
    static const char why[] = "the answer's headers are too large";
    st_call_failed(t->call, now, ST_FAILURE_TOO_LARGE, (st_text){ why, sizeof why - 1 },
                   ST_SENT_YES, true);
}

/* Interim answers count too: there may be no end of them. */
static bool too_many_headers(st_transfer *t, size_t n)
{
    t->header_bytes += (int64_t)n;
    if (t->header_bytes <= HEADERS_MAX) return false;
    fail_headers(t, time_of(t));
    return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
    st_transfer *t = data;
    size_t all = size * n, length = all;
    if (too_many_headers(t, all)) return 0;
    while (length && (line[length - 1] == '\r' || line[length - 1] == '\n')) length--;
    if (length > 5 && strncasecmp(line, "HTTP/", 5) == 0)
        return on_status(t, line, length) ? all : 0;
    const char *colon = memchr(line, ':', length);
    if (!colon) return all; /* the empty line, or the rest of a folded one */
    const char *value = colon + 1, *end = line + length;
    while (value < end && (*value == ' ' || *value == '\t')) value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) end--;
    st_text name = { line, (size_t)(colon - line) };
    st_text text = { value, (size_t)(end - value) };
    return st_call_header(t->call, time_of(t), name, text) ? all : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    st_transfer *t = data;
    const st_sink *sink = &t->call->sink;
    if (sink->kind == ST_SINK_CHUNKS && sink->on_target && sink->buffer.length >= QUEUE_HIGH) {
        t->paused = true;
        st_channel_tell(t, ST_NEWS_CHUNKS);
        return CURL_WRITEFUNC_PAUSE;
    }
    told_progress(t);
    return st_call_body(t->call, time_of(t), bytes, size * n) ? size * n : 0;
}

static size_t on_read(char *out, size_t size, size_t n, void *data)
{
    st_transfer *t = data;
    int64_t got = st_source_read(&t->call->request.body, out, size * n);
    told_progress(t);
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static int on_seek(void *data, curl_off_t offset, int origin)
{
    st_transfer *t = data;
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    st_source_rewind(&t->call->request.body);
    return CURL_SEEKFUNC_OK;
}

/* Called whenever a request is about to leave on a connection that stands. libcurl would send it
   again by itself when a connection that it used before turns out to be dead, and nobody would
   know. It is for the call to decide, which counts its attempts. */
static int on_request(void *data, char *ip, char *local_ip, int port, int local_port)
{
    st_transfer *t = data;
    (void)local_ip, (void)port, (void)local_port;
    snprintf(t->call->peer, sizeof t->call->peer, "%s", ip ? ip : "");
    t->resent = t->sending;
    t->sending = true;
    return t->resent ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Whether libcurl sends this header by itself. */
static bool is_length(const st_header *h)
{
    return strcasecmp(h->name, "Content-Length") == 0;
}

/* Makes the list of headers, with its texts, in one block: "Name: value", or "Name;", which is
   how libcurl is told to send a name without a value. */
static bool add_headers(st_transfer *t)
{
    static const char no_expect[] = "Expect:"; /* no 100-continue before a body */
    const st_headers *headers = &t->call->request.headers;
    size_t position = 0, count = 1, bytes = sizeof no_expect;
    st_header h;
    while (st_headers_next(headers, &position, &h)) {
        count++;
        bytes += strlen(h.name) + strlen(h.value) + 3; /* ": " and NUL */
    }
    t->block = count * sizeof *t->headers + bytes;
    t->headers = malloc(t->block);
    if (!t->headers) return false;
    struct curl_slist *node = t->headers;
    char *text = (char *)(node + count);
    *node = (struct curl_slist){ memcpy(text, no_expect, sizeof no_expect), NULL };
    text += sizeof no_expect;
    for (position = 0; st_headers_next(headers, &position, &h);) {
        if (is_length(&h)) continue;
        node->next = node + 1;
        *++node = (struct curl_slist){ text, NULL };
        text = stpcpy(text, h.name);
        text = *h.value ? stpcpy(stpcpy(text, ": "), h.value) : stpcpy(text, ";");
        text++;
    }
    return true;
}

static void set_method(st_transfer *t)
{
    CURL *easy = t->handle.easy;
    const st_request *request = &t->call->request;
    const st_source *body = &request->body;
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method == ST_DELETE ? "DELETE" : NULL);
    if (request->method != ST_POST) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    bool in_place = body->fd < 0 && !t->watched; /* its bytes live as long as the call */
    const char *bytes = body->head.data ? body->head.data : "";
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, in_place ? bytes : NULL);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)st_source_length(body));
}

static void set_callbacks(st_transfer *t)
{
    CURL *easy = t->handle.easy;
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, t);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, t);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->message);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

/* Rounds up, so that an attempt never ends before its time; 0 is no limit. */
static long milliseconds(double seconds)
{
    if (seconds <= 0) return 0;
    return seconds > 2e6 ? 2000000000L : (long)(seconds * 1000) + 1;
}

bool st_transfer_prepare(st_transfer *t)
{
    CURL *easy = t->handle.easy;
    st_buffer *url = &t->call->request.url;
    if (!add_headers(t) || !st_buffer_byte(url, '\0')) return false;
    url->length--; /* the NUL is libcurl's alone */
    t->skew = t->call->started - *t->now;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(st_call_sending(t->call)));
    set_callbacks(t);
    set_method(t);
    return curl_easy_setopt(easy, CURLOPT_URL, url->data) == CURLE_OK;
}

/* A failure before the request began to leave is one of getting there. */
static enum st_failure failure_of(const st_transfer *t)
{
    if (t->resent) return ST_FAILURE_RESET;
    enum st_failure failure = st_failure_of(t->result);
    return failure == ST_FAILURE_RESET && !t->sending ? ST_FAILURE_CONNECT : failure;
}

bool st_transfer_settle(st_transfer *t)
{
    static const char died[] = "the connection, used before, ended before an answer came";
    enum st_sent sent = t->call->status >= 200 ? ST_SENT_YES
                        : t->sending           ? ST_SENT_MAYBE
                                               : ST_SENT_NO;
    if (!t->canceled && t->result == CURLE_OK) return true;
    if (t->result == CURLE_OUT_OF_MEMORY && t->sending) { /* libcurl's cap on one line */
        fail_headers(t, t->ended + t->skew);
        return false;
    }
    const char *why = t->resent ? died : *t->message ? t->message : curl_easy_strerror(t->result);
    enum st_failure failure = t->canceled ? t->canceled : failure_of(t);
    bool hopeless = !t->resent && (t->canceled || st_failure_hopeless(t->result));
    st_call_failed(t->call, t->ended + t->skew, failure, (st_text){ why, strlen(why) }, sent,
                   hopeless);
    return false;
}

void st_transfer_clear(st_transfer *t)
{
    if (t->headers) OPENSSL_cleanse(t->headers, t->block); /* the API key is among them */
    free(t->headers);
    t->headers = NULL;
}
