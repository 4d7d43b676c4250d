/* catalogue.c - ring 0: the list of families, and the pieces that several of them share. */
#include "catalogue.h"

#include <stddef.h>

const st_resource *const st_families[] = {
    st_identity, st_crypto, st_climate, st_forwarding, st_webhook_endpoints, st_events, st_files,
    NULL
};

const st_param st_text_item[] = { { "", ST_STRING, ST_TEXT } };
const st_param st_metadata_value[] = { { "", ST_STRING } };
const st_field st_text_field[] = { { "", ST_STRING } };

const st_param st_range_params[] = {
    { "gt", ST_INTEGER, .format = ST_UNIX_TIME },
    { "gte", ST_INTEGER, .format = ST_UNIX_TIME },
    { "lt", ST_INTEGER, .format = ST_UNIX_TIME },
    { "lte", ST_INTEGER, .format = ST_UNIX_TIME },
    { NULL }
};

const st_param st_created_params[] = {
    { "", ST_OBJECT, .params = st_range_params },
    { "", ST_INTEGER, .format = ST_UNIX_TIME },
    { NULL }
};

const st_param st_expand_only[] = { ST_EXPAND_PARAM, { NULL } };
const st_param st_list_params[] = { ST_LIST_PARAMS, { NULL } };
const st_rule st_cursor_rules[] = { ST_CURSOR_RULE, { { NULL } } };

static const char *const error_types[] = {
    "api_error", "card_error", "idempotency_error", "invalid_request_error", NULL
};

static const st_field error_fields[] = {
    { "advice_code", ST_STRING },
    { "charge", ST_STRING },
    { "code", ST_STRING },
    { "decline_code", ST_STRING },
    { "doc_url", ST_STRING },
    { "message", ST_STRING },
    { "network_advice_code", ST_STRING },
    { "network_decline_code", ST_STRING },
    { "param", ST_STRING },
    { "payment_intent", ST_OBJECT, ST_FREE },
    { "payment_method", ST_OBJECT, ST_FREE },
    { "payment_method_type", ST_STRING },
    { "request_log_url", ST_STRING },
    { "setup_intent", ST_OBJECT, ST_FREE },
    { "source", ST_OBJECT, ST_FREE },
    { "type", ST_STRING, ST_REQUIRED, .values = error_types },
    { "user_message", ST_STRING },
    { NULL }
};

static const st_field error_envelope[] = {
    { "error", ST_OBJECT, ST_REQUIRED, .fields = error_fields },
    { NULL }
};

const st_object st_error_object = { NULL, NULL, error_envelope };
