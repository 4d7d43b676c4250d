/* failure.h - ring 2a: what libcurl's result codes mean to a call. */
#ifndef ST_ENGINE_FAILURE_H
#define ST_ENGINE_FAILURE_H

#include "../core/retry.h"

#include <curl/curl.h>

#pragma GCC visibility push(hidden)

/* Why a transfer failed. */
enum st_failure st_failure_of(CURLcode code);

/* Whether the same transfer would fail so again: a certificate that nobody trusts stays so. */
bool st_failure_hopeless(CURLcode code);

#pragma GCC visibility pop

#endif
