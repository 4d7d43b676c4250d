/* climate.c - ring 0: carbon removal: orders, products, suppliers. */
#include "catalogue.h"

#include <stddef.h>

static const st_field location_fields[] = {
    { "city", ST_STRING, ST_OR_NULL },
    { "country", ST_STRING, ST_REQUIRED },
    { "latitude", ST_NUMBER, ST_OR_NULL },
    { "longitude", ST_NUMBER, ST_OR_NULL },
    { "region", ST_STRING, ST_OR_NULL },
    { NULL }
};

/* Suppliers: who removes the carbon. */

static const char *const removal_pathways[] = {
    "biomass_carbon_removal_and_storage", "direct_air_capture", "enhanced_weathering",
    "marine_carbon_removal", NULL
};

static const st_field location_item[] = { { "", ST_OBJECT, .fields = location_fields } };

static const st_field supplier_fields[] = {
    ST_OBJECT_FIELDS,
    { "info_url", ST_STRING, ST_REQUIRED },
    ST_LIVEMODE_FIELD,
    { "locations", ST_ARRAY, ST_REQUIRED, .item = location_item },
    { "name", ST_STRING, ST_REQUIRED },
    { "removal_pathway", ST_STRING, ST_REQUIRED | ST_OPEN, .values = removal_pathways },
    { NULL }
};

static const st_object supplier_object = { "climate.supplier", "climsup_", supplier_fields };

static const st_operation supplier_operations[] = {
    { "retrieve", ST_GET, "/v1/climate/suppliers/{supplier}",
      .returns = &supplier_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/climate/suppliers", ST_RETURNS_LIST,
      .returns = &supplier_object, .params = st_list_params, .rules = st_cursor_rules },
    { NULL }
};

/* Products: what can be bought, for how much a ton, how much of it is left. */

static const st_field price_fields[] = {
    { "amount_fees", ST_INTEGER, ST_REQUIRED },
    { "amount_subtotal", ST_INTEGER, ST_REQUIRED },
    { "amount_total", ST_INTEGER, ST_REQUIRED },
    { NULL }
};

static const st_field price_value[] = { { "", ST_OBJECT, .fields = price_fields } };
static const st_field supplier_item[] = { { "", ST_OBJECT, .object = &supplier_object } };

static const st_field product_fields[] = {
    ST_OBJECT_FIELDS,
    ST_CREATED_FIELD,
    { "current_prices_per_metric_ton", ST_MAP, ST_REQUIRED, .item = price_value },
    { "delivery_year", ST_INTEGER, ST_OR_NULL },
    ST_LIVEMODE_FIELD,
    { "metric_tons_available", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "name", ST_STRING, ST_REQUIRED },
    { "suppliers", ST_ARRAY, ST_REQUIRED, .item = supplier_item },
    { NULL }
};

static const st_object product_object = { "climate.product", "climsku_", product_fields };

static const st_operation product_operations[] = {
    { "retrieve", ST_GET, "/v1/climate/products/{product}",
      .returns = &product_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/climate/products", ST_RETURNS_LIST,
      .returns = &product_object, .params = st_list_params, .rules = st_cursor_rules },
    { NULL }
};

/* Orders: what was bought, in whose name, and what came of it. */

static const st_field beneficiary_fields[] = {
    { "public_name", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const char *const cancellation_reasons[] = {
    "expired", "product_unavailable", "requested", NULL
};

static const char *const order_statuses[] = {
    "awaiting_funds", "canceled", "confirmed", "delivered", "open", NULL
};

static const st_field delivery_fields[] = {
    { "delivered_at", ST_INTEGER, ST_REQUIRED, ST_UNIX_TIME },
    { "location", ST_OBJECT, ST_OR_NULL, .fields = location_fields },
    { "metric_tons", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "registry_url", ST_STRING, ST_OR_NULL },
    { "supplier", ST_OBJECT, ST_REQUIRED, .object = &supplier_object },
    { NULL }
};

static const st_field delivery_item[] = { { "", ST_OBJECT, .fields = delivery_fields } };

static const st_field order_fields[] = {
    ST_OBJECT_FIELDS,
    { "amount_fees", ST_INTEGER, ST_REQUIRED },
    { "amount_subtotal", ST_INTEGER, ST_REQUIRED },
    { "amount_total", ST_INTEGER, ST_REQUIRED },
    { "beneficiary", ST_OBJECT, .fields = beneficiary_fields },
    { "canceled_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "cancellation_reason", ST_STRING, ST_OR_NULL | ST_OPEN, .values = cancellation_reasons },
    { "certificate", ST_STRING, ST_OR_NULL },
    { "confirmed_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    ST_CREATED_FIELD,
    { "currency", ST_STRING, ST_REQUIRED, ST_CURRENCY },
    { "delayed_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "delivered_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "delivery_details", ST_ARRAY, ST_REQUIRED, .item = delivery_item },
    { "expected_delivery_year", ST_INTEGER, ST_REQUIRED },
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_REQUIRED),
    { "metric_tons", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "product", ST_STRING, ST_REQUIRED | ST_EXPAND_ID, .object = &product_object },
    { "product_substituted_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = order_statuses },
    { NULL }
};

static const st_object order_object = { "climate.order", "climorder_", order_fields };

static const st_param new_beneficiary_params[] = {
    { "public_name", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_param order_create[] = {
    { "amount", ST_INTEGER },
    { "beneficiary", ST_OBJECT, .params = new_beneficiary_params },
    { "currency", ST_STRING, .format = ST_CURRENCY, ST_TEXT },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "metric_tons", ST_STRING, .format = ST_DECIMAL },
    { "product", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

/* How much: money or mass, never both. */
static const st_rule order_create_rules[] = {
    { { "amount", "metric_tons" }, ST_EXACTLY_ONE },
    { { NULL } }
};

static const st_param beneficiary_params[] = {
    { "public_name", ST_STRING, ST_REQUIRED | ST_CLEARABLE, ST_TEXT },
    { NULL }
};

static const st_param order_update[] = {
    { "beneficiary", ST_OBJECT, ST_CLEARABLE, .params = beneficiary_params },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { NULL }
};

static const st_operation order_operations[] = {
    { "create", ST_POST, "/v1/climate/orders",
      .returns = &order_object, .params = order_create, .rules = order_create_rules },
    { "retrieve", ST_GET, "/v1/climate/orders/{order}",
      .returns = &order_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/climate/orders/{order}",
      .returns = &order_object, .params = order_update },
    { "list", ST_GET, "/v1/climate/orders", ST_RETURNS_LIST,
      .returns = &order_object, .params = st_list_params, .rules = st_cursor_rules },
    { "cancel", ST_POST, "/v1/climate/orders/{order}/cancel",
      .returns = &order_object, .params = st_expand_only },
    { NULL }
};

const st_resource st_climate[] = {
    { "climate.orders", &order_object, NULL, order_operations },
    { "climate.products", &product_object, NULL, product_operations },
    { "climate.suppliers", &supplier_object, NULL, supplier_operations },
    { NULL }
};
