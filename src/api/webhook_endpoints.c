/* webhook_endpoints.c - ring 0: the tables of webhook_endpoints. */
#include "catalogue.h"

#include <stddef.h>

static const st_param enabled_events_item[] = { { "", ST_STRING, .values = st_enabled_events } };

static const st_param webhook_endpoint_create[] = {
    { "api_version", ST_STRING, ST_TEXT, .values = st_api_versions },
    { "connect", ST_BOOLEAN },
    { "description", ST_STRING, ST_CLEARABLE, ST_TEXT },
    { "enabled_events", ST_ARRAY, ST_REQUIRED, .item = enabled_events_item },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "url", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_field webhook_endpoint_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "api_version", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "application", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "description", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "enabled_events", ST_ARRAY, ST_REQUIRED, .item = st_text_field },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_REQUIRED, .format = ST_METADATA, .item = st_text_field },
    { "secret", ST_STRING, ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED },
    { "url", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_object webhook_endpoint_object = { "webhook_endpoint", "we_", webhook_endpoint_fields };

static const st_param webhook_endpoint_update[] = {
    { "description", ST_STRING, ST_CLEARABLE, ST_TEXT },
    { "disabled", ST_BOOLEAN },
    { "enabled_events", ST_ARRAY, .item = enabled_events_item },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "url", ST_STRING },
    { NULL }
};

static const st_field deleted_webhook_endpoint_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "deleted", ST_BOOLEAN, ST_REQUIRED },
    { NULL }
};

static const st_object deleted_webhook_endpoint_object = { "webhook_endpoint", NULL, deleted_webhook_endpoint_fields };

static const st_operation webhook_endpoint_operations[] = {
    { "create", ST_POST, "/v1/webhook_endpoints",
      .returns = &webhook_endpoint_object, .params = webhook_endpoint_create },
    { "retrieve", ST_GET, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &webhook_endpoint_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &webhook_endpoint_object, .params = webhook_endpoint_update },
    { "list", ST_GET, "/v1/webhook_endpoints",
      .flags = ST_RETURNS_LIST, .returns = &webhook_endpoint_object, .params = st_list_params, .rules = st_cursor_rules },
    { "delete", ST_DELETE, "/v1/webhook_endpoints/{webhook_endpoint}",
      .returns = &deleted_webhook_endpoint_object },
    { NULL }
};

const st_resource st_webhook_endpoints[] = {
    { "webhook_endpoints", &webhook_endpoint_object, NULL, webhook_endpoint_operations },
    { NULL }
};
