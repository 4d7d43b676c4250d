/* events.c - ring 0: what happened, with the object as it was then. */
#include "catalogue.h"

#include <stddef.h>

static const st_field data_fields[] = {
    { "object", ST_OBJECT, ST_REQUIRED | ST_FREE },
    { "previous_attributes", ST_OBJECT, ST_FREE }, /* in *.updated events only */
    { NULL }
};

static const st_field cause_fields[] = {
    { "id", ST_STRING, ST_OR_NULL },
    { "idempotency_key", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field event_fields[] = {
    ST_OBJECT_FIELDS,
    { "account", ST_STRING },
    { "api_version", ST_STRING, ST_OR_NULL },
    { "context", ST_STRING },
    ST_CREATED_FIELD,
    { "data", ST_OBJECT, ST_REQUIRED, .fields = data_fields },
    ST_LIVEMODE_FIELD,
    { "pending_webhooks", ST_INTEGER, ST_REQUIRED },
    { "request", ST_OBJECT, ST_OR_NULL, .fields = cause_fields },
    { "type", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_object event_object = { "event", "evt_", event_fields };

static const st_param event_list[] = {
    ST_CREATED_PARAM,
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
    { "list", ST_GET, "/v1/events", ST_RETURNS_LIST,
      .returns = &event_object, .params = event_list, .rules = event_list_rules },
    { NULL }
};

const st_resource st_events[] = {
    { "events", &event_object, NULL, event_operations },
    { NULL }
};
