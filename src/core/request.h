/*
 * request.h - ring 1: what a call sends: method, URL, headers, body; the same on every attempt.
 *
 * Built in four steps, in this order: st_request_base, the path (appended to url by whoever knows
 * it), the parameters (written to body), the headers: st_request_common, st_request_own,
 * st_request_header for each of the caller's own, and st_request_authorize.
 */
#ifndef ST_CORE_REQUEST_H
#define ST_CORE_REQUEST_H

#include "../api/catalogue.h"
#include "headers.h"
#include "source.h"

#pragma GCC visibility push(hidden)

enum { ST_REQUEST_HEADERS_CAP = 1 << 16 }; /* bytes */

typedef struct st_request {
    enum st_method method;
    st_buffer url;
    size_t path_at; /* where the path starts in url */
    st_headers headers;
    st_source body;
} st_request;

/* What the headers are made of. A text whose data is NULL is left out. */
typedef struct st_request_settings {
    st_text user_agent, api_version, account, context, oauth_token;
    const char *beta;     /* added to the version unless it is there: "crypto_onramp_beta=v2" */
    const char *boundary; /* of a multipart body; NULL: a form */
    bool json;            /* or JSON, as below /v2/ */
} st_request_settings;

/* Makes an empty request. Allocates nothing. */
void st_request_init(st_request *r);

/* Wipes and frees it all. Safe to call twice. */
void st_request_free(st_request *r);

/* Starts the URL with "https://host"; slashes at its end are dropped. */
void st_request_base(st_request *r, st_text base);

/* The path in the URL, without its query. */
st_text st_request_path(const st_request *r);

/* Whether the path is one of the API's second version, which takes JSON and keys of DELETEs. */
bool st_request_is_v2(const st_request *r);

/* Adds the headers that do not depend on the body, the key not among them: many requests may have
   them in common. Returns the name of a setting that no header can carry, else NULL. */
const char *st_request_common(st_headers *h, const st_request_settings *settings);

/* Adds the headers of this one request, or moves the parameters of a GET or DELETE from the body
   to the query. Returns "idempotency_key" when no header can carry that, else NULL. */
const char *st_request_own(st_request *r, st_text idempotency_key);

/* Adds a header of the caller's, instead of ours of that name; the type of an upload stays ours.
   Returns NULL, or why it may not be sent: a sentence without its value, which may be secret. */
const char *st_request_header(st_request *r, st_text name, st_text value);

/* Adds the API key, last; false when it holds white space or control bytes, or nothing. */
bool st_request_authorize(st_headers *h, st_text key);

/* Whether every step found the memory and the room that it needed. */
enum st_buffer_state st_request_state(const st_request *r);

#pragma GCC visibility pop

#endif
