/* climate.c - ring 0: the tables of climate. */
#include "catalogue.h"

#include <stddef.h>

static const st_param beneficiary_create[] = {
    { "public_name", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_param order_create[] = {
    { "amount", ST_INTEGER },
    { "beneficiary", ST_OBJECT, .params = beneficiary_create },
    { "currency", ST_STRING, ST_TEXT, .format = ST_CURRENCY },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "metric_tons", ST_STRING, .format = ST_DECIMAL },
    { "product", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_field beneficiary_fields[] = {
    { "public_name", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const char *const cancellation_reason_values[] = {
    "expired", "product_unavailable", "requested", NULL
};

static const st_field location_fields[] = {
    { "city", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "country", ST_STRING, ST_REQUIRED },
    { "latitude", ST_NUMBER, ST_REQUIRED | ST_NULLABLE },
    { "longitude", ST_NUMBER, ST_REQUIRED | ST_NULLABLE },
    { "region", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field locations_field[] = { { "", ST_OBJECT, .fields = location_fields } };

static const char *const removal_pathway_values[] = {
    "biomass_carbon_removal_and_storage", "direct_air_capture", "enhanced_weathering",
    "marine_carbon_removal", NULL
};

static const st_field supplier_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "info_url", ST_STRING, ST_REQUIRED },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "locations", ST_ARRAY, ST_REQUIRED, .item = locations_field },
    { "name", ST_STRING, ST_REQUIRED },
    { "removal_pathway", ST_STRING, ST_REQUIRED | ST_OPEN, .values = removal_pathway_values },
    { NULL }
};

static const st_object supplier_object = { "climate.supplier", "climsup_", supplier_fields };

static const st_field order_deliveries_fields[] = {
    { "delivered_at", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "location", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = location_fields },
    { "metric_tons", ST_STRING, ST_REQUIRED },
    { "registry_url", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "supplier", ST_OBJECT, ST_REQUIRED, .object = &supplier_object },
    { NULL }
};

static const st_field delivery_details_field[] = { { "", ST_OBJECT, .fields = order_deliveries_fields } };

static const st_field products_price_fields[] = {
    { "amount_fees", ST_INTEGER, ST_REQUIRED },
    { "amount_subtotal", ST_INTEGER, ST_REQUIRED },
    { "amount_total", ST_INTEGER, ST_REQUIRED },
    { NULL }
};

static const st_field current_prices_per_metric_ton_value[] = { { "", ST_OBJECT, .fields = products_price_fields } };

static const st_field suppliers_field[] = { { "", ST_OBJECT, .object = &supplier_object } };

static const st_field product_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "current_prices_per_metric_ton", ST_MAP, ST_REQUIRED, .item = current_prices_per_metric_ton_value },
    { "delivery_year", ST_INTEGER, ST_REQUIRED | ST_NULLABLE },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metric_tons_available", ST_STRING, ST_REQUIRED, .format = ST_DECIMAL },
    { "name", ST_STRING, ST_REQUIRED },
    { "suppliers", ST_ARRAY, ST_REQUIRED, .item = suppliers_field },
    { NULL }
};

static const st_object product_object = { "climate.product", "climsku_", product_fields };

static const char *const status_values[] = {
    "awaiting_funds", "canceled", "confirmed", "delivered", "open", NULL
};

static const st_field order_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "amount_fees", ST_INTEGER, ST_REQUIRED },
    { "amount_subtotal", ST_INTEGER, ST_REQUIRED },
    { "amount_total", ST_INTEGER, ST_REQUIRED },
    { "beneficiary", ST_OBJECT, .fields = beneficiary_fields },
    { "canceled_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "cancellation_reason", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = cancellation_reason_values },
    { "certificate", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "confirmed_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "currency", ST_STRING, ST_REQUIRED, .format = ST_CURRENCY },
    { "delayed_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "delivered_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "delivery_details", ST_ARRAY, ST_REQUIRED, .item = delivery_details_field },
    { "expected_delivery_year", ST_INTEGER, ST_REQUIRED },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_REQUIRED, .format = ST_METADATA, .item = st_text_field },
    { "metric_tons", ST_STRING, ST_REQUIRED, .format = ST_DECIMAL },
    { "product", ST_STRING, ST_REQUIRED | ST_EXPAND_ID, .object = &product_object },
    { "product_substituted_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { NULL }
};

static const st_object order_object = { "climate.order", "climorder_", order_fields };

static const st_param beneficiary_update[] = {
    { "public_name", ST_STRING, ST_REQUIRED | ST_CLEARABLE, ST_TEXT },
    { NULL }
};

static const st_param order_update[] = {
    { "beneficiary", ST_OBJECT, ST_CLEARABLE, .params = beneficiary_update },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { NULL }
};

/* How much: money or mass, never both. [behaviour: Climate, Order] */
static const st_rule order_create_rules[] = {
    { { "amount", "metric_tons" }, ST_EXACTLY_ONE },
    { { NULL } }
};

static const st_operation order_operations[] = {
    { "create", ST_POST, "/v1/climate/orders",
      .returns = &order_object, .params = order_create, .rules = order_create_rules },
    { "retrieve", ST_GET, "/v1/climate/orders/{order}",
      .returns = &order_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/climate/orders/{order}",
      .returns = &order_object, .params = order_update },
    { "list", ST_GET, "/v1/climate/orders",
      .flags = ST_RETURNS_LIST, .returns = &order_object, .params = st_list_params, .rules = st_cursor_rules },
    { "cancel", ST_POST, "/v1/climate/orders/{order}/cancel",
      .returns = &order_object, .params = st_expand_only },
    { NULL }
};

static const st_operation product_operations[] = {
    { "retrieve", ST_GET, "/v1/climate/products/{product}",
      .returns = &product_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/climate/products",
      .flags = ST_RETURNS_LIST, .returns = &product_object, .params = st_list_params, .rules = st_cursor_rules },
    { NULL }
};

static const st_operation supplier_operations[] = {
    { "retrieve", ST_GET, "/v1/climate/suppliers/{supplier}",
      .returns = &supplier_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/climate/suppliers",
      .flags = ST_RETURNS_LIST, .returns = &supplier_object, .params = st_list_params, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_climate[] = {
    { "climate.orders", &order_object, NULL, order_operations },
    { "climate.products", &product_object, NULL, product_operations },
    { "climate.suppliers", &supplier_object, NULL, supplier_operations },
    { NULL }
};
