/*
 * wire.h - ring 2a: how a client reaches its hosts: proxy, TLS, addresses, connections.
 *
 * A wire is made once for a client, never changes after that, and is counted: the client holds
 * it, and so does every handle that is set up for it, in whatever thread.
 */
#ifndef ST_ENGINE_WIRE_H
#define ST_ENGINE_WIRE_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>

#pragma GCC visibility push(hidden)

enum st_wire_text {
    ST_WIRE_PROXY, /* "": none, whatever the environment says */
    ST_WIRE_NO_PROXY,
    ST_WIRE_CA_FILE,
    ST_WIRE_CA_PATH,
    ST_WIRE_CLIENT_CERT,
    ST_WIRE_CLIENT_KEY,
    ST_WIRE_UNIX_SOCKET,
    ST_WIRE_TEXTS
};

typedef struct st_wire {
    atomic_int owners;
    char *texts[ST_WIRE_TEXTS];   /* owned; NULL: libcurl's own rule */
    struct curl_slist *addresses; /* owned; in the form of CURLOPT_CONNECT_TO */
    double connect_timeout;       /* seconds; 0: libcurl's own */
    double max_age;               /* of a connection, seconds; 0: ours */
    long max_connections;         /* to one host; negative: ours, 0: any number */
    bool http2;
    bool plain;                   /* http, too: the client's base is this machine */
    bool verbatim;                /* nothing is asked for that the request doesn't: no compression;
                                     and each has a connection of its own */
} st_wire;

/* The option's name of a text, such as "ca_file". */
const char *st_wire_name(enum st_wire_text text);

/* A wire with one owner and nothing set; NULL when memory is short. */
st_wire *st_wire_new(void);

/* Gives the wire its texts while it is being made; false when memory is short. */
bool st_wire_set(st_wire *w, enum st_wire_text text, const char *value);

/* Sends connections for "host:port" to another address: "host:port:address". It concerns this
   wire alone, where CURLOPT_RESOLVE would change the names for everybody on the engine. */
bool st_wire_resolve(st_wire *w, const char *entry);

st_wire *st_wire_retain(st_wire *w);
void st_wire_release(st_wire *w);

/* Sets up a handle that has libcurl's defaults; false when memory is short: then it lacks some. */
bool st_wire_apply(const st_wire *w, CURL *easy);

#pragma GCC visibility pop

#endif
