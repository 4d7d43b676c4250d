/* events.c - ring 0: the tables of events. */
#include "catalogue.h"

#include <stddef.h>

static const st_field event_data_fields[] = {
    { "object", ST_OBJECT, ST_REQUIRED | ST_FREE },
    { "previous_attributes", ST_OBJECT, ST_FREE },
    { NULL }
};

static const st_field event_request_fields[] = {
    { "id", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "idempotency_key", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field event_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "account", ST_STRING },
    { "api_version", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "context", ST_STRING },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "data", ST_OBJECT, ST_REQUIRED, .fields = event_data_fields },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "pending_webhooks", ST_INTEGER, ST_REQUIRED },
    { "request", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = event_request_fields },
    { "type", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_object event_object = { "event", "evt_", event_fields };

static const st_param event_list[] = {
    { "created", ST_ANY_OF, .params = st_created_params },
    { "delivery_success", ST_BOOLEAN },
    { "type", ST_STRING, ST_TEXT },
    { "types", ST_ARRAY, .max_items = 20, .item = st_text_item },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_rule event_list_rules[] = {
    { { "type", "types" }, ST_AT_MOST_ONE },
    ST_CURSOR_RULE,
    { { NULL } }
};

static const st_operation event_operations[] = {
    { "retrieve", ST_GET, "/v1/events/{id}",
      .returns = &event_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/events",
      .flags = ST_RETURNS_LIST, .returns = &event_object, .params = event_list, .rules = event_list_rules },
    { NULL }
};

const st_resource st_events[] = {
    { "events", &event_object, NULL, event_operations },
    { NULL }
};
