/* transfer.c - ring 2a: one attempt of a call on one easy handle. */
#include "transfer.h"
#include "channel.h"
#include "failure.h"
#include "lanes.h"

#include <stdint.h>
#include <stdio.h> /* SEEK_SET */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HEADERS_MAX = 1 << 18, /* bytes of all header lines that an attempt may bring */
    QUEUE_HIGH = 1 << 18   /* bytes of chunks that may wait before the transfer pauses */
};

#define UNNOTICED 1e-3 /* seconds */

static st_transfer *transfer_of(void *data)
{
    return ((st_handle *)data)->transfer;
}

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
    st_transfer *t = transfer_of(data);
    size_t all = size * n, length = all;
    if (too_many_headers(t, all)) return 0;
    while (length && (line[length - 1] == '\r' || line[length - 1] == '\n')) length--;
    if (length > 5 && (*line == 'H' || *line == 'h') && strncasecmp(line, "HTTP/", 5) == 0)
        return on_status(t, line, length) ? all : 0;
    if (length == 0) {
        t->headed = t->call->status >= 200;
        return all;
    }
    return st_call_header_line(t->call, time_of(t), (st_text){ line, length }) ? all : 0;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    st_transfer *t = transfer_of(data);
    const st_sink *sink = &t->call->sink;
    if (sink->kind == ST_SINK_CHUNKS && sink->on_target && sink->buffer.length >= QUEUE_HIGH) {
        t->paused = true;
        st_lanes_pause(t);
        st_channel_tell(t, ST_NEWS_CHUNKS);
        return CURL_WRITEFUNC_PAUSE;
    }
    told_progress(t);
    return st_call_body(t->call, time_of(t), bytes, size * n) ? size * n : 0;
}

static size_t on_read(char *out, size_t size, size_t n, void *data)
{
    st_transfer *t = transfer_of(data);
    int64_t got = st_source_read(&t->call->request.body, out, size * n);
    told_progress(t);
    return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static int on_seek(void *data, curl_off_t offset, int origin)
{
    st_transfer *t = transfer_of(data);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    st_source_rewind(&t->call->request.body);
    return CURL_SEEKFUNC_OK;
}

/* Called whenever a request is about to leave on a connection that stands. libcurl would send it
   again by itself when a connection that it used before turns out to be dead, and nobody would
   know. It is for the call to decide, which counts its attempts. */
static int on_request(void *data, char *ip, char *local_ip, int port, int local_port)
{
    st_transfer *t = transfer_of(data);
    size_t n = ip ? strnlen(ip, sizeof t->call->peer - 1) : 0;
    (void)local_ip, (void)port, (void)local_port;
    if (n) memcpy(t->call->peer, ip, n);
    t->call->peer[n] = '\0';
    t->resent = t->sending;
    t->sending = true;
    return t->resent ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Whether libcurl sends this header by itself. */
static bool is_length(const st_header *h)
{
    return strcasecmp(h->name, "Content-Length") == 0;
}

/* Makes room for a list of headers in the handle's block. */
static bool reserve(st_handle *h, size_t n)
{
    if (n <= h->block) return true;
    free(h->headers); /* it was wiped */
    h->headers = malloc(n);
    h->block = h->headers ? n : 0;
    return h->headers != NULL;
}

/* Makes the list of headers, with its texts, in one block: "Name: value", or "Name;", which is
   how libcurl is told to send a name without a value. */
static bool add_headers(const st_transfer *t)
{
    static const char no_expect[] = "Expect:"; /* no 100-continue before a body */
    const st_request *request = &t->call->request;
    size_t position = 0, count = 1, bytes = sizeof no_expect;
    st_header h;
    while (st_headers_next(&request->headers, &position, &h)) count++;
    bytes += request->headers.text.length + count; /* ": " in place of a NUL */
    if (!reserve(t->handle, count * sizeof(struct curl_slist) + bytes)) return false;
    struct curl_slist *node = t->handle->headers, *last = NULL;
    char *text = (char *)(node + count);
    if (request->method == ST_POST) {
        *node = (struct curl_slist){ memcpy(text, no_expect, sizeof no_expect), NULL };
        text += sizeof no_expect;
        last = node++;
    }
    for (position = 0; st_headers_next(&request->headers, &position, &h);) {
        if (is_length(&h)) continue;
        if (last) last->next = node;
        *node = (struct curl_slist){ text, NULL };
        last = node++;
        text = stpcpy(text, h.name);
        text = *h.value ? stpcpy(stpcpy(text, ": "), h.value) : stpcpy(text, ";");
        text++;
    }
    curl_easy_setopt(t->handle->easy, CURLOPT_HTTPHEADER, last ? t->handle->headers : NULL);
    return true;
}

static void set_method(const st_transfer *t)
{
    st_handle *h = t->handle;
    const st_request *request = &t->call->request;
    const st_source *body = &request->body;
    if (h->method == (int)request->method && h->method != ST_POST) return;
    h->method = (int)request->method;
    curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST,
                     request->method == ST_DELETE ? "DELETE" : NULL);
    if (request->method != ST_POST) {
        curl_easy_setopt(h->easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    bool in_place = body->fd < 0 && !t->watched; /* its bytes live as long as the call */
    const char *bytes = body->head.data ? body->head.data : "";
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS, in_place ? bytes : NULL);
    curl_easy_setopt(h->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)st_source_length(body));
}

/* Rounds up, so that an attempt never ends before its time; 0 is no limit. */
static long milliseconds(double seconds)
{
    if (seconds <= 0) return 0;
    return seconds > 2e6 ? 2000000000L : (long)(seconds * 1000) + 1;
}

static void set_timeout(st_handle *h, long timeout)
{
    if (h->timeout == timeout) return;
    h->timeout = timeout;
    curl_easy_setopt(h->easy, CURLOPT_TIMEOUT_MS, timeout);
}

/* Whether only the path differs from what the handle's URL was before. libcurl would rewrite an
   escape in a path that it gets by itself. */
static bool path_alone(const st_handle *h, const st_buffer *url)
{
    size_t n = h->origin.length;
    if (h->query || n == 0 || url->length <= n || url->data[n] != '/') return false;
    return memcmp(url->data, h->origin.data, n) == 0 &&
           !memchr(url->data + n, '%', url->length - n) &&
           !memchr(url->data + n, '?', url->length - n) &&
           !memchr(url->data + n, '#', url->length - n);
}

/* Gives the handle's URL all its parts anew; false when libcurl can't read it. */
static bool parse_url(st_handle *h, const st_buffer *url)
{
    const char *scheme = strstr(url->data, "://");
    const char *path = scheme ? strchr(scheme + 3, '/') : NULL;
    st_buffer_reset(&h->origin);
    if (curl_url_set(h->url, CURLUPART_URL, url->data, CURLU_PATH_AS_IS) != CURLUE_OK) return false;
    if (path) st_buffer_append(&h->origin, url->data, (size_t)(path - url->data));
    h->query = strpbrk(url->data, "?#") != NULL;
    return true;
}

/* The URL is parsed once for its host: libcurl takes nearly as long for that as for an answer. One
   that it can't read it is given as it is, for its complaint. */
static bool set_url(st_handle *h, st_buffer *url)
{
    if (!st_buffer_byte(url, '\0')) return false;
    url->length--; /* the NUL is libcurl's alone */
    bool parsed = path_alone(h, url) ? curl_url_set(h->url, CURLUPART_PATH,
                                                    url->data + h->origin.length, 0) == CURLUE_OK
                                     : parse_url(h, url);
    curl_easy_setopt(h->easy, CURLOPT_CURLU, parsed ? h->url : NULL);
    return parsed || curl_easy_setopt(h->easy, CURLOPT_URL, url->data) == CURLE_OK;
}

bool st_transfer_prepare(st_transfer *t)
{
    st_handle *h = t->handle;
    if (!add_headers(t) || !set_url(h, &t->call->request.url)) return false;
    t->skew = t->call->started - *t->now;
    h->transfer = t;
    *h->message = '\0';
    set_timeout(h, milliseconds(st_call_sending(t->call)));
    set_method(t);
    return true;
}

bool st_transfer_begin(st_transfer *t)
{
    double waited = time_of(t) - t->call->started;
    if (waited < UNNOTICED) return true;
    st_call_throttled(t->call, waited);
    set_timeout(t->handle, milliseconds(st_call_sending(t->call)));
    return t->call->started < t->call->deadline;
}

st_handle *st_handle_new(void)
{
    st_handle *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    st_buffer_init(&h->origin, SIZE_MAX);
    h->easy = curl_easy_init();
    h->url = curl_url();
    if (h->easy && h->url) return h;
    st_handle_free(h, true);
    return NULL;
}

static void set_callbacks(st_handle *h)
{
    CURL *easy = h->easy;
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, h);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, h);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, h);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, h->message);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, h);
}

bool st_handle_apply(st_handle *h, st_wire *wire)
{
    if (h->wire) curl_easy_reset(h->easy);
    st_wire_release(h->wire);
    h->wire = st_wire_retain(wire);
    h->method = -1;
    h->timeout = -1;
    if (!st_wire_apply(wire, h->easy)) return false;
    set_callbacks(h);
    return true;
}

/* libcurl keeps the address of the list, and looks at it in the next transfer, which sets it. */
void st_handle_clear(st_handle *h)
{
    if (h->headers) st_wipe(h->headers, h->block);
    h->transfer = NULL;
}

void st_handle_free(st_handle *h, bool easy_too)
{
    if (easy_too) curl_easy_cleanup(h->easy);
    curl_url_cleanup(h->url);
    st_buffer_free(&h->origin);
    st_handle_clear(h);
    st_wire_release(h->wire);
    free(h->headers);
    free(h);
}

void st_transfer_free(st_transfer *t)
{
    free(t->message);
    free(t);
}

void st_transfer_explain(st_transfer *t, st_text message)
{
    size_t n = message.length < CURL_ERROR_SIZE ? message.length : CURL_ERROR_SIZE - 1;
    free(t->message);
    t->message = strndup(message.data, n); /* NULL is no message */
}

/* Whether the peer said that TLS failed. By TLS 1.3 it sees the client's certificate, or that there
   is none, only when the request may have left already. */
static bool is_alert(const st_transfer *t)
{
    return t->message && strstr(t->message, "SSL routines:") && strstr(t->message, " alert ");
}

/* A failure before the request began to leave is one of getting there. */
static enum st_failure failure_of(const st_transfer *t)
{
    if (t->resent) return ST_FAILURE_RESET;
    if (is_alert(t)) return ST_FAILURE_TLS;
    enum st_failure failure = st_failure_of(t->result);
    return failure == ST_FAILURE_RESET && !t->sending ? ST_FAILURE_CONNECT : failure;
}

/* What libcurl says of a proxy that it can't use has the password in it. */
static const char *explanation(const st_transfer *t)
{
    static const char telling[] = "Unsupported proxy";
    if (t->resent) return "the connection, used before, ended before an answer came";
    if (!t->message) return curl_easy_strerror(t->result);
    if (strncmp(t->message, telling, sizeof telling - 1) != 0) return t->message;
    return "the address of the proxy is not one that libcurl can use";
}

bool st_transfer_settle(st_transfer *t)
{
    static const char cut[] = "the answer ended within its headers";
    enum st_sent sent = t->call->status >= 200 ? ST_SENT_YES
                        : t->sending           ? ST_SENT_MAYBE
                                               : ST_SENT_NO;
    if (!t->canceled && t->result == CURLE_OK) {
        if (t->headed) return true; /* libcurl doesn't mind an end in the midst of them */
        st_call_failed(t->call, t->ended + t->skew, ST_FAILURE_RESET,
                       (st_text){ cut, sizeof cut - 1 }, sent, false);
        return false;
    }
    if (t->result == CURLE_OUT_OF_MEMORY && t->sending) { /* libcurl's cap on one line */
        fail_headers(t, t->ended + t->skew);
        return false;
    }
    const char *why = explanation(t);
    enum st_failure failure = t->canceled ? t->canceled : failure_of(t);
    bool hopeless = !t->resent && (t->canceled || st_failure_hopeless(t->result));
    st_call_failed(t->call, t->ended + t->skew, failure, (st_text){ why, strlen(why) }, sent,
                   hopeless);
    return false;
}
