/* forwarding.c - ring 0: requests that carry card details to another server. */
#include "catalogue.h"

#include <stddef.h>

static const char *const replacement_names[] = {
    "card_cvc", "card_expiry", "card_number", "cardholder_name", "request_signature", NULL
};

static const st_field replacement_field[] = {
    { "", ST_STRING, ST_OPEN, .values = replacement_names }
};

static const st_field header_fields[] = {
    { "name", ST_STRING, ST_REQUIRED },
    { "value", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { NULL }
};

static const st_field header_field[] = { { "", ST_OBJECT, .fields = header_fields } };

static const st_field context_fields[] = {
    { "destination_duration", ST_INTEGER, ST_REQUIRED }, /* milliseconds */
    { "destination_ip_address", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const char *const http_methods[] = { "POST", NULL };

static const st_field sent_fields[] = {
    { "body", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "headers", ST_ARRAY, ST_REQUIRED, .item = header_field },
    { "http_method", ST_STRING, ST_REQUIRED, .values = http_methods },
    { NULL }
};

static const st_field received_fields[] = {
    { "body", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "headers", ST_ARRAY, ST_REQUIRED, .item = header_field },
    { "status", ST_INTEGER, ST_REQUIRED },
    { NULL }
};

static const st_field request_fields[] = {
    ST_OBJECT_FIELDS,
    ST_CREATED_FIELD,
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_NULLABLE),
    { "payment_method", ST_STRING, ST_REQUIRED },
    { "replacements", ST_ARRAY, ST_REQUIRED, .item = replacement_field },
    { "request_context", ST_OBJECT, ST_OR_NULL, .fields = context_fields },
    { "request_details", ST_OBJECT, ST_OR_NULL, .fields = sent_fields },
    { "response_details", ST_OBJECT, ST_OR_NULL, .fields = received_fields },
    { "url", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_object request_object = { "forwarding.request", "fwdreq_", request_fields };

static const st_param replacement_item[] = {
    { "", ST_STRING, ST_OPEN, .values = replacement_names }
};

static const st_param header_params[] = {
    { "name", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "value", ST_STRING, ST_REQUIRED | ST_SENSITIVE, ST_TEXT },
    { NULL }
};

static const st_param header_item[] = { { "", ST_OBJECT, .params = header_params } };

static const st_param sent_params[] = {
    { "body", ST_STRING, ST_SENSITIVE, ST_TEXT },
    { "headers", ST_ARRAY, .item = header_item },
    { NULL }
};

static const st_param request_create[] = {
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "payment_method", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "replacements", ST_ARRAY, ST_REQUIRED, .item = replacement_item },
    { "request", ST_OBJECT, ST_REQUIRED, .params = sent_params },
    { "url", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

/* Unlike everywhere else, created takes no plain time here. */
static const st_param request_list[] = {
    { "created", ST_OBJECT, .params = st_range_params },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation request_operations[] = {
    { "create", ST_POST, "/v1/forwarding/requests",
      .returns = &request_object, .params = request_create },
    { "retrieve", ST_GET, "/v1/forwarding/requests/{id}",
      .returns = &request_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/forwarding/requests", ST_RETURNS_LIST,
      .returns = &request_object, .params = request_list, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_forwarding[] = {
    { "forwarding.requests", &request_object, NULL, request_operations },
    { NULL }
};
