/* wire.c - ring 2a: how a client reaches its hosts: proxy, TLS, addresses, connections. */
#include "wire.h"

#include "../core/buffer.h" /* st_wipe */

#include <stdio.h> /* snprintf */
#include <stdlib.h>
#include <string.h>

enum {
    KEEPALIVE_IDLE = 60,     /* seconds */
    KEEPALIVE_INTERVAL = 30,
    IDLE_SECONDS = 60,       /* a connection that was idle for longer is not used again, */
    LIFETIME_SECONDS = 600   /* nor one that is older: names may lead elsewhere by then */
};

static const struct {
    const char *name;
    CURLoption option, of_proxy; /* the latter 0: a proxy has none */
} texts[ST_WIRE_TEXTS] = {
    [ST_WIRE_PROXY] = { "proxy", CURLOPT_PROXY, 0 },
    [ST_WIRE_NO_PROXY] = { "no_proxy", CURLOPT_NOPROXY, 0 },
    [ST_WIRE_CA_FILE] = { "ca_file", CURLOPT_CAINFO, CURLOPT_PROXY_CAINFO },
    [ST_WIRE_CA_PATH] = { "ca_path", CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH },
    [ST_WIRE_CLIENT_CERT] = { "client_cert", CURLOPT_SSLCERT, 0 },
    [ST_WIRE_CLIENT_KEY] = { "client_key", CURLOPT_SSLKEY, 0 },
    [ST_WIRE_UNIX_SOCKET] = { "unix_socket", CURLOPT_UNIX_SOCKET_PATH, 0 },
};

const char *st_wire_name(enum st_wire_text text)
{
    return texts[text].name;
}

st_wire *st_wire_new(void)
{
    st_wire *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    atomic_init(&w->owners, 1);
    w->max_connections = -1;
    return w;
}

bool st_wire_set(st_wire *w, enum st_wire_text text, const char *value)
{
    w->texts[text] = strdup(value);
    return w->texts[text] != NULL;
}

/* "host:port:address" becomes "host:port:address:port"; an address with colons gets brackets. */
bool st_wire_resolve(st_wire *w, const char *entry)
{
    const char *colon = *entry == '[' ? strchr(entry, ']') : entry;
    colon = colon ? strchr(colon, ':') : NULL;
    const char *port = colon ? colon + 1 : NULL;
    const char *end = port ? strchr(port, ':') : NULL;
    if (!end) return false;
    const char *address = end + 1;
    bool bare = *address != '[' && strchr(address, ':');
    size_t n = strlen(entry) + (size_t)(end - port) + sizeof "[]:";
    char *text = malloc(n);
    if (!text) return false;
    snprintf(text, n, "%.*s%s%s%s:%.*s", (int)(address - entry), entry, bare ? "[" : "", address,
             bare ? "]" : "", (int)(end - port), port);
    struct curl_slist *grown = curl_slist_append(w->addresses, text);
    free(text);
    if (grown) w->addresses = grown;
    return grown != NULL;
}

st_wire *st_wire_retain(st_wire *w)
{
    if (w) atomic_fetch_add(&w->owners, 1);
    return w;
}

void st_wire_release(st_wire *w)
{
    if (!w || atomic_fetch_sub(&w->owners, 1) > 1) return;
    for (int i = 0; i < ST_WIRE_TEXTS; i++) {
        if (!w->texts[i]) continue;
        st_wipe(w->texts[i], strlen(w->texts[i])); /* a proxy's may hold a password */
        free(w->texts[i]);
    }
    curl_slist_free_all(w->addresses);
    free(w);
}

/* What holds for every wire; docs/internals.md says what each setting is for. */
static void apply_always(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a resolver that hangs must not hold us */
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); /* or OpenSSL would ask at the terminal */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL);
}

/* libcurl asks for these before each transfer, which takes it as long as a header of the answer. */
static bool proxy_in_environment(void)
{
    static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                         "ALL_PROXY" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i])) return true;
    return false;
}

/* libcurl counts whole seconds, and takes 0 for its own default. */
static long whole_seconds(double seconds)
{
    return seconds < 1 ? 1 : seconds > 1e9 ? 1000000000L : (long)seconds;
}

/* Without the user's CAs or proxy, a transfer would go another way than it is told. A libcurl that
   knows no TLS to a proxy refuses to use such a one. */
static bool apply_text(CURL *easy, int i, const char *text)
{
    if (curl_easy_setopt(easy, texts[i].option, text) != CURLE_OK) return false;
    return !texts[i].of_proxy ||
           curl_easy_setopt(easy, texts[i].of_proxy, text) != CURLE_OUT_OF_MEMORY;
}

static bool apply_texts(const st_wire *w, CURL *easy)
{
    for (int i = 0; i < ST_WIRE_TEXTS; i++)
        if (w->texts[i] && !apply_text(easy, i, w->texts[i])) return false;
    return true;
}

/* Debian compiles a CAPATH in, and libcurl keeps its parsed store of CAs only without one. Who
   names a path trusts nobody else. */
static void forget_system_cas(CURL *easy, bool all)
{
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    if (!all) return;
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, NULL);
}

bool st_wire_apply(const st_wire *w, CURL *easy)
{
    apply_always(easy);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, w->plain ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(w->http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    /* Beside one of HTTP/2, libcurl takes a connection of HTTP/1.1 for one that many share, and
       mixes up their answers. It uses none again whose options differ: this one means nothing to
       OpenSSL. */
    if (w->http2)
        curl_easy_setopt(easy, CURLOPT_SSL_OPTIONS, (long)CURLSSLOPT_REVOKE_BEST_EFFORT);
    forget_system_cas(easy, w->texts[ST_WIRE_CA_PATH]);
    if (w->verbatim) {
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    if (!apply_texts(w, easy)) return false;
    bool proxy = w->texts[ST_WIRE_PROXY] || w->texts[ST_WIRE_NO_PROXY] || proxy_in_environment();
    if (!proxy) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, w->addresses);
    if (w->connect_timeout > 0)
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(w->connect_timeout * 1000) + 1);
    bool aged = w->max_age > 0;
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                     aged ? whole_seconds(w->max_age) : (long)IDLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN,
                     aged ? whole_seconds(w->max_age) : (long)LIFETIME_SECONDS);
    return true;
}
