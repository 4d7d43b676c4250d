/* classify.c - ring 1: which of the contract's error types a failed answer is. */
#include "classify.h"

#include <stddef.h>
#include <string.h>

static const struct {
    int status; /* 0: any */
    const char *type, *code; /* NULL: any */
    const char *result;
} rows[] = {
    { 429, NULL, NULL, "rate_limit_error" },
    { 400, NULL, "rate_limit", "rate_limit_error" },
    { 0, "rate_limit", NULL, "rate_limit_error" }, /* a v2 body */
    { 0, "idempotency_error", NULL, "idempotency_error" },
    { 409, NULL, NULL, "idempotency_error" }, /* the key's first request still runs */
    { 400, NULL, NULL, "invalid_request_error" },
    { 401, NULL, NULL, "authentication_error" },
    { 402, "card_error", NULL, "card_error" },
    { 402, "api_error", NULL, "api_error" }, /* somebody behind Stripe failed */
    { 402, NULL, NULL, "invalid_request_error" }, /* valid but refused: nothing about a card */
    { 403, NULL, NULL, "permission_error" },
    { 404, NULL, NULL, "invalid_request_error" },
    { 422, NULL, "invalid_fields", "invalid_request_error" }, /* a v2 body */
};

static int matches(const char *wanted, const char *given)
{
    return !wanted || (given && strcmp(wanted, given) == 0);
}

const char *st_classify(int status, const char *type, const char *code)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((!rows[i].status || rows[i].status == status) && matches(rows[i].type, type) &&
            matches(rows[i].code, code))
            return rows[i].result;
    return "api_error";
}
