/* forwarding.c - ring 0: the tables of forwarding. */
#include "catalogue.h"

#include <stddef.h>

static const char *const replacements_values[] = {
    "card_cvc", "card_expiry", "card_number", "cardholder_name", "request_signature", NULL
};

static const st_param replacements_item[] = { { "", ST_STRING, ST_OPEN, .values = replacements_values } };

static const st_param headers_params[] = {
    { "name", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "value", ST_STRING, ST_REQUIRED | ST_SENSITIVE, ST_TEXT },
    { NULL }
};

static const st_param headers_item[] = { { "", ST_OBJECT, .params = headers_params } };

static const st_param request_params[] = {
    { "body", ST_STRING, ST_SENSITIVE, ST_TEXT },
    { "headers", ST_ARRAY, .item = headers_item },
    { NULL }
};

static const st_param request_create[] = {
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "payment_method", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "replacements", ST_ARRAY, ST_REQUIRED, .item = replacements_item },
    { "request", ST_OBJECT, ST_REQUIRED, .params = request_params },
    { "url", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_field replacements_field[] = { { "", ST_STRING, ST_OPEN, .values = replacements_values } };

static const st_field request_context_fields[] = {
    { "destination_duration", ST_INTEGER, ST_REQUIRED },
    { "destination_ip_address", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_field request_header_fields[] = {
    { "name", ST_STRING, ST_REQUIRED },
    { "value", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { NULL }
};

static const st_field headers_field[] = { { "", ST_OBJECT, .fields = request_header_fields } };

static const char *const http_method_values[] = { "POST", NULL };

static const st_field request_details_fields[] = {
    { "body", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "headers", ST_ARRAY, ST_REQUIRED, .item = headers_field },
    { "http_method", ST_STRING, ST_REQUIRED, .values = http_method_values },
    { NULL }
};

static const st_field response_details_fields[] = {
    { "body", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "headers", ST_ARRAY, ST_REQUIRED, .item = headers_field },
    { "status", ST_INTEGER, ST_REQUIRED },
    { NULL }
};

static const st_field forwarding_request_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_NULLABLE, .format = ST_METADATA, .item = st_text_field },
    { "payment_method", ST_STRING, ST_REQUIRED },
    { "replacements", ST_ARRAY, ST_REQUIRED, .item = replacements_field },
    { "request_context", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = request_context_fields },
    { "request_details", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = request_details_fields },
    { "response_details", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = response_details_fields },
    { "url", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_object forwarding_request_object = { "forwarding.request", "fwdreq_", forwarding_request_fields };

static const st_param request_list[] = {
    { "created", ST_OBJECT, .params = st_range_params },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation request_operations[] = {
    { "create", ST_POST, "/v1/forwarding/requests",
      .returns = &forwarding_request_object, .params = request_create },
    { "retrieve", ST_GET, "/v1/forwarding/requests/{id}",
      .returns = &forwarding_request_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/forwarding/requests",
      .flags = ST_RETURNS_LIST, .returns = &forwarding_request_object, .params = request_list, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_forwarding[] = {
    { "forwarding.requests", &forwarding_request_object, NULL, request_operations },
    { NULL }
};
