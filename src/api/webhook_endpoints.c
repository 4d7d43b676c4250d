/* webhook_endpoints.c - ring 0: where Stripe sends events to. */
#include "catalogue.h"

#include <stddef.h>

/* The secret is in the answer to create alone. */
static const st_field endpoint_fields[] = {
    ST_OBJECT_FIELDS,
    { "api_version", ST_STRING, ST_OR_NULL },
    { "application", ST_STRING, ST_OR_NULL },
    ST_CREATED_FIELD,
    { "description", ST_STRING, ST_OR_NULL },
    { "enabled_events", ST_ARRAY, ST_REQUIRED, .item = st_text_field },
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_REQUIRED),
    { "secret", ST_STRING, ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED },
    { "url", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_object endpoint_object = { "webhook_endpoint", "we_", endpoint_fields };

static const st_field deleted_fields[] = {
    ST_OBJECT_FIELDS,
    { "deleted", ST_BOOLEAN, ST_REQUIRED },
    { NULL }
};

static const st_object deleted_object = { "webhook_endpoint", NULL, deleted_fields };

static const st_param enabled_event_item[] = { { "", ST_STRING, .values = st_enabled_events } };

static const st_param endpoint_create[] = {
    { "api_version", ST_STRING, ST_TEXT, .values = st_api_versions },
    { "connect", ST_BOOLEAN },
    { "description", ST_STRING, ST_CLEARABLE, ST_TEXT },
    { "enabled_events", ST_ARRAY, ST_REQUIRED, .item = enabled_event_item },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "url", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_param endpoint_update[] = {
    { "description", ST_STRING, ST_CLEARABLE, ST_TEXT },
    { "disabled", ST_BOOLEAN },
    { "enabled_events", ST_ARRAY, .item = enabled_event_item },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "url", ST_STRING },
    { NULL }
};

static const st_operation endpoint_operations[] = {
    { "create", ST_POST, "/v1/webhook_endpoints",
      .returns = &endpoint_object, .params = endpoint_create },
    { "retrieve", ST_GET, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &endpoint_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &endpoint_object, .params = endpoint_update },
    { "list", ST_GET, "/v1/webhook_endpoints", ST_RETURNS_LIST,
      .returns = &endpoint_object, .params = st_list_params, .rules = st_cursor_rules },
    { "delete", ST_DELETE, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &deleted_object },
    { NULL }
};

const st_resource st_webhook_endpoints[] = {
    { "webhook_endpoints", &endpoint_object, NULL, endpoint_operations },
    { NULL }
};
