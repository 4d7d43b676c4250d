/* request.c - ring 1: what a call sends: method, URL, headers, body. */
#include "request.h"

#include <stdio.h> /* snprintf */
#include <string.h>
#include <strings.h> /* strncasecmp */

enum {
    URL_CAP = 1 << 20,
    HEADERS_CAP = ST_REQUEST_HEADERS_CAP,
    BODY_CAP = 64 << 20, /* of what is in memory: files are read as they are sent */
    KEY_LENGTH = 255     /* of an idempotency key, Stripe's limit */
};

void st_request_init(st_request *r)
{
    *r = (st_request){ .method = ST_GET };
    st_buffer_init(&r->url, URL_CAP);
    st_headers_init(&r->headers, HEADERS_CAP);
    st_source_init(&r->body, BODY_CAP);
}

void st_request_free(st_request *r)
{
    st_buffer_wipe(&r->url);
    st_headers_free(&r->headers);
    st_source_free(&r->body);
}

void st_request_base(st_request *r, st_text base)
{
    while (base.length > 0 && base.data[base.length - 1] == '/') base.length--;
    st_buffer_append(&r->url, base.data, base.length);
    r->path_at = r->url.length;
}

static bool visible(st_text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~') return false;
    return text.length > 0;
}

st_text st_request_path(const st_request *r)
{
    st_text path = { NULL, 0 };
    if (r->url.length <= r->path_at) return path;
    path.data = r->url.data + r->path_at;
    path.length = r->url.length - r->path_at;
    const char *query = memchr(path.data, '?', path.length);
    if (query) path.length = (size_t)(query - path.data);
    return path;
}

bool st_request_is_v2(const st_request *r)
{
    static const char prefix[] = "/v2/";
    st_text path = st_request_path(r);
    return path.length >= sizeof prefix - 1 && memcmp(path.data, prefix, sizeof prefix - 1) == 0;
}

/* A path that the caller wrote may hold a query already. */
static void move_to_query(st_request *r)
{
    st_buffer *form = &r->body.head;
    if (form->length == 0 || r->url.state != ST_BUFFER_OK) return;
    const char *path = r->url.data + r->path_at;
    bool query = memchr(path, '?', r->url.length - r->path_at) != NULL;
    st_buffer_byte(&r->url, query ? '&' : '?');
    st_buffer_append(&r->url, form->data, form->length);
    st_buffer_reset(form);
}

static st_text text(const char *s)
{
    return (st_text){ s, strlen(s) };
}

/* Whether the version names the flag already, as "name=", with whatever value. */
static bool has_flag(st_text version, const char *flag)
{
    return memmem(version.data, version.length, flag, strcspn(flag, "=") + 1) != NULL;
}

static void add_version(st_headers *h, const st_request_settings *settings)
{
    st_text version = settings->api_version;
    if (!version.data) version = text(st_api_version);
    st_buffer value;
    st_buffer_init(&value, HEADERS_CAP);
    st_buffer_append(&value, version.data, version.length);
    if (settings->beta && !has_flag(version, settings->beta)) {
        st_buffer_byte(&value, ';');
        st_buffer_text(&value, settings->beta);
    }
    if (value.state != ST_BUFFER_OK) h->text.state = value.state;
    st_headers_add(h, text("Stripe-Version"), (st_text){ value.data, value.length });
    st_buffer_free(&value);
}

/* On GET too, as Stripe's own do. */
static void add_type(st_headers *h, const st_request_settings *settings)
{
    char value[128] = "application/x-www-form-urlencoded";
    if (settings->json) strcpy(value, "application/json");
    if (settings->boundary)
        snprintf(value, sizeof value, "multipart/form-data; boundary=%s", settings->boundary);
    st_headers_add(h, text("Content-Type"), text(value));
}

static void add_length(st_request *r)
{
    char value[24];
    snprintf(value, sizeof value, "%lld", (long long)st_source_length(&r->body));
    st_headers_add(&r->headers, text("Content-Length"), text(value));
}

static const char *add_given(st_headers *h, const st_request_settings *settings)
{
    const struct {
        const char *setting, *header;
        st_text value;
    } given[] = {
        { "account", "Stripe-Account", settings->account },
        { "context", "Stripe-Context", settings->context },
        { "oauth_token", "Stripe-OAuth-Token", settings->oauth_token },
    };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (!given[i].value.data) continue;
        if (!visible(given[i].value)) return given[i].setting;
        st_headers_add(h, text(given[i].header), given[i].value);
    }
    return NULL;
}

const char *st_request_common(st_headers *h, const st_request_settings *settings)
{
    st_text agent = settings->user_agent, version = settings->api_version;
    if (agent.data && (agent.length == 0 || !st_headers_valid_value(agent))) return "user_agent";
    if (version.data && !visible(version)) return "api_version";
    st_headers_add(h, text("Accept"), text("application/json"));
    add_type(h, settings);
    if (agent.data) st_headers_add(h, text("User-Agent"), agent);
    add_version(h, settings);
    return add_given(h, settings);
}

const char *st_request_own(st_request *r, st_text idempotency_key)
{
    if (idempotency_key.data) {
        if (!visible(idempotency_key) || idempotency_key.length > KEY_LENGTH)
            return "idempotency_key";
        st_headers_add(&r->headers, text("Idempotency-Key"), idempotency_key);
    }
    if (r->method == ST_POST) add_length(r);
    else move_to_query(r);
    return NULL;
}

static bool is_name(st_text name, const char *word)
{
    return strlen(word) == name.length && strncasecmp(word, name.data, name.length) == 0;
}

/* Whether the body is multipart: its type names the boundary, and no other type would be true. */
static bool is_multipart(const st_request *r)
{
    const char *type = st_headers_find(&r->headers, "Content-Type");
    return type && strncmp(type, "multipart/", 10) == 0;
}

const char *st_request_header(st_request *r, st_text name, st_text value)
{
    static const char *const ours[] = { "Authorization", "Idempotency-Key", "Host",
                                        "Content-Length", "Transfer-Encoding" };
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (is_name(name, ours[i]))
            return "this header is the library's own and may not be overridden";
    if (!st_headers_valid_name(name))
        return "a header's name must be letters, digits and hyphens";
    if (!st_headers_valid_value(value))
        return "a header's value must not hold CR, LF, NUL or other control bytes";
    if (is_name(name, "Content-Type") && is_multipart(r)) return NULL;
    st_headers_set(&r->headers, name, value);
    return NULL;
}

bool st_request_authorize(st_headers *h, st_text key)
{
    if (!visible(key)) return false;
    st_buffer value;
    st_buffer_init(&value, HEADERS_CAP);
    st_buffer_text(&value, "Bearer ");
    st_buffer_append(&value, key.data, key.length);
    if (value.state != ST_BUFFER_OK) h->text.state = value.state;
    st_headers_add(h, text("Authorization"), (st_text){ value.data, value.length });
    st_buffer_wipe(&value);
    return true;
}

enum st_buffer_state st_request_state(const st_request *r)
{
    if (r->url.state != ST_BUFFER_OK) return r->url.state;
    if (r->headers.text.state != ST_BUFFER_OK) return r->headers.text.state;
    if (r->body.head.state != ST_BUFFER_OK) return r->body.head.state;
    return r->body.tail.state;
}
