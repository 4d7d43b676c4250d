/* failure.c - ring 2a: what libcurl's result codes mean to a call. */
#include "failure.h"

static const struct {
    CURLcode code;
    enum st_failure failure;
    bool hopeless;
} failures[] = {
    { CURLE_COULDNT_RESOLVE_HOST, ST_FAILURE_RESOLVE, false },
    { CURLE_COULDNT_RESOLVE_PROXY, ST_FAILURE_RESOLVE, false },
    { CURLE_COULDNT_CONNECT, ST_FAILURE_CONNECT, false },
    { CURLE_INTERFACE_FAILED, ST_FAILURE_CONNECT, false },
    { CURLE_PROXY, ST_FAILURE_CONNECT, false },
    { CURLE_SSL_CONNECT_ERROR, ST_FAILURE_TLS, false },
    { CURLE_PEER_FAILED_VERIFICATION, ST_FAILURE_TLS, true },
    { CURLE_SSL_ISSUER_ERROR, ST_FAILURE_TLS, true },
    { CURLE_SSL_CACERT_BADFILE, ST_FAILURE_TLS, true },
    { CURLE_SSL_CERTPROBLEM, ST_FAILURE_TLS, true },
    { CURLE_SSL_CIPHER, ST_FAILURE_TLS, true },
    { CURLE_SSL_CRL_BADFILE, ST_FAILURE_TLS, true },
    { CURLE_SSL_INVALIDCERTSTATUS, ST_FAILURE_TLS, true },
    { CURLE_SSL_ENGINE_NOTFOUND, ST_FAILURE_TLS, true },
    { CURLE_SSL_ENGINE_SETFAILED, ST_FAILURE_TLS, true },
    { CURLE_OPERATION_TIMEDOUT, ST_FAILURE_TIMEOUT, false },
    { CURLE_SEND_ERROR, ST_FAILURE_RESET, false },
    { CURLE_RECV_ERROR, ST_FAILURE_RESET, false },
    { CURLE_GOT_NOTHING, ST_FAILURE_RESET, false },
    { CURLE_PARTIAL_FILE, ST_FAILURE_RESET, false },
    { CURLE_HTTP2, ST_FAILURE_RESET, false },
    { CURLE_HTTP2_STREAM, ST_FAILURE_RESET, false },
    { CURLE_SEND_FAIL_REWIND, ST_FAILURE_RESET, false },
    { CURLE_WRITE_ERROR, ST_FAILURE_ABORTED, true },
    { CURLE_READ_ERROR, ST_FAILURE_ABORTED, true },
    { CURLE_ABORTED_BY_CALLBACK, ST_FAILURE_ABORTED, true },
    { CURLE_OUT_OF_MEMORY, ST_FAILURE_ABORTED, true },
    { CURLE_FILESIZE_EXCEEDED, ST_FAILURE_TOO_LARGE, true },
};

enum { COUNT = sizeof failures / sizeof *failures };

enum st_failure st_failure_of(CURLcode code)
{
    for (int i = 0; i < COUNT; i++)
        if (failures[i].code == code) return failures[i].failure;
    return ST_FAILURE_PROTOCOL;
}

bool st_failure_hopeless(CURLcode code)
{
    for (int i = 0; i < COUNT; i++)
        if (failures[i].code == code) return failures[i].hopeless;
    return true;
}
