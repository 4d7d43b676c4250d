/* crypto.c - ring 0: the tables of crypto. */
#include "catalogue.h"

#include <stddef.h>

static const st_param dob_params[] = {
    { "year", ST_INTEGER, ST_REQUIRED },
    { "month", ST_INTEGER, ST_REQUIRED },
    { "day", ST_INTEGER, ST_REQUIRED },
    { NULL }
};

static const st_param address_params[] = {
    { "country", ST_STRING },
    { "line1", ST_STRING },
    { "line2", ST_STRING },
    { "city", ST_STRING },
    { "state", ST_STRING },
    { "postal_code", ST_STRING },
    { NULL }
};

static const st_param customer_information_params[] = {
    { "email", ST_STRING, ST_SENSITIVE },
    { "first_name", ST_STRING, ST_SENSITIVE },
    { "last_name", ST_STRING, ST_SENSITIVE },
    { "dob", ST_OBJECT, ST_SENSITIVE, .params = dob_params },
    { "address", ST_OBJECT, ST_SENSITIVE, .params = address_params },
    { NULL }
};

static const char *const destination_currencies_values[] = {
    "avax", "btc", "eth", "matic", "ripusd", "sol", "usdc", "usdt", "wld", "xlm", NULL
};

static const st_param destination_currencies_item[] = { { "", ST_STRING, ST_OPEN, .values = destination_currencies_values } };

static const char *const destination_network_values[] = {
    "avalanche", "base", "bitcoin", "celo", "ethereum", "optimism", "polygon", "solana",
    "stellar", "sui", "tempo", "worldchain", NULL
};

static const st_param destination_networks_item[] = { { "", ST_STRING, ST_OPEN, .values = destination_network_values } };

static const char *const settlement_speed_values[] = { "instant", "standard", NULL };

static const char *const source_currency_values[] = {
    "cad", "cop", "eur", "gbp", "php", "usd", NULL
};

static const char *const ui_mode_values[] = { "headless", NULL };

static const st_param destination_tags_params[] = {
    { "stellar", ST_STRING, ST_TEXT },
    { NULL }
};

static const st_param wallet_addresses_params[] = {
    { "avalanche", ST_STRING, ST_TEXT },
    { "bitcoin", ST_STRING, ST_TEXT },
    { "celo", ST_STRING, ST_TEXT },
    { "ethereum", ST_STRING, ST_TEXT },
    { "optimism", ST_STRING, ST_TEXT },
    { "polygon", ST_STRING, ST_TEXT },
    { "solana", ST_STRING, ST_TEXT },
    { "stellar", ST_STRING, ST_TEXT },
    { "sui", ST_STRING, ST_TEXT },
    { "tempo", ST_STRING, ST_TEXT },
    { "worldchain", ST_STRING, ST_TEXT },
    { "base_network", ST_STRING, ST_TEXT },
    { "destination_tags", ST_OBJECT, .params = destination_tags_params },
    { NULL }
};

static const st_param onramp_session_create[] = {
    { "crypto_customer_id", ST_STRING, ST_PRIVATE_PREVIEW },
    { "customer_information", ST_OBJECT, ST_SENSITIVE, .params = customer_information_params },
    { "customer_ip_address", ST_STRING, ST_SENSITIVE },
    { "destination_amount", ST_STRING, ST_TEXT, .format = ST_DECIMAL },
    { "destination_currencies", ST_ARRAY, .min_items = 1, .item = destination_currencies_item },
    { "destination_currency", ST_STRING, ST_OPEN, .values = destination_currencies_values },
    { "destination_network", ST_STRING, ST_OPEN, .values = destination_network_values },
    { "destination_networks", ST_ARRAY, .min_items = 1, .item = destination_networks_item },
    ST_EXPAND_PARAM,
    { "kyc_details", ST_OBJECT, ST_SENSITIVE | ST_FREE },
    { "lock_wallet_address", ST_BOOLEAN },
    ST_METADATA_PARAM,
    { "payment_token", ST_STRING, ST_SENSITIVE | ST_PRIVATE_PREVIEW },
    { "settlement_speed", ST_STRING, ST_OPEN, .values = settlement_speed_values },
    { "source_amount", ST_STRING, ST_TEXT, .decimals = 2, .format = ST_DECIMAL },
    { "source_currency", ST_STRING, ST_OPEN, .values = source_currency_values },
    { "ui_mode", ST_STRING, ST_OPEN | ST_PRIVATE_PREVIEW, .values = ui_mode_values },
    { "wallet_address", ST_STRING, ST_SENSITIVE | ST_PRIVATE_PREVIEW },
    { "wallet_addresses", ST_OBJECT, ST_SENSITIVE, .params = wallet_addresses_params },
    { NULL }
};

static const st_field destination_currencies_field[] = { { "", ST_STRING, ST_OPEN, .values = destination_currencies_values } };

static const st_field destination_networks_field[] = { { "", ST_STRING, ST_OPEN, .values = destination_network_values } };

static const st_field fees_fields[] = {
    { "network_fee_amount", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "transaction_fee_amount", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field fixed_destination_tags_fields[] = {
    { "stellar", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field fixed_wallet_addresses_fields[] = {
    { "avalanche", ST_STRING, ST_NULLABLE },
    { "base_network", ST_STRING, ST_NULLABLE },
    { "bitcoin", ST_STRING, ST_NULLABLE },
    { "celo", ST_STRING, ST_NULLABLE },
    { "ethereum", ST_STRING, ST_NULLABLE },
    { "optimism", ST_STRING, ST_NULLABLE },
    { "polygon", ST_STRING, ST_NULLABLE },
    { "solana", ST_STRING, ST_NULLABLE },
    { "stellar", ST_STRING, ST_NULLABLE },
    { "sui", ST_STRING, ST_NULLABLE },
    { "tempo", ST_STRING, ST_NULLABLE },
    { "worldchain", ST_STRING, ST_NULLABLE },
    { "destination_tags", ST_OBJECT, ST_NULLABLE, .fields = fixed_destination_tags_fields },
    { NULL }
};

static const st_field transaction_details_fields[] = {
    { "destination_amount", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "destination_currencies", ST_ARRAY, ST_REQUIRED | ST_NULLABLE, .item = destination_currencies_field },
    { "destination_currency", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = destination_currencies_values },
    { "destination_network", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = destination_network_values },
    { "destination_networks", ST_ARRAY, ST_REQUIRED | ST_NULLABLE, .item = destination_networks_field },
    { "fees", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = fees_fields },
    { "lock_wallet_address", ST_BOOLEAN, ST_REQUIRED | ST_NULLABLE },
    { "settlement_speed", ST_STRING, ST_NULLABLE | ST_OPEN, .values = settlement_speed_values },
    { "source_amount", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "source_currency", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = source_currency_values },
    { "transaction_id", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "wallet_address", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "wallet_addresses", ST_OBJECT, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE, .fields = fixed_wallet_addresses_fields },
    { "last_error", ST_STRING, ST_NULLABLE | ST_PRIVATE_PREVIEW },
    { NULL }
};

static const st_field onramp_session_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "client_secret", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "kyc_details_provided", ST_BOOLEAN, ST_REQUIRED },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_REQUIRED | ST_NULLABLE, .format = ST_METADATA, .item = st_text_field },
    { "redirect_url", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED },
    { "transaction_details", ST_OBJECT, ST_REQUIRED, .fields = transaction_details_fields },
    { NULL }
};

static const st_object onramp_session_object = { "crypto.onramp_session", "cos_", onramp_session_fields };

static const char *const status_values[] = {
    "fulfillment_complete", "fulfillment_processing", "initialized", "rejected",
    "requires_payment", NULL
};

static const st_param onramp_session_list[] = {
    { "created", ST_ANY_OF, .params = st_created_params },
    { "destination_currency", ST_STRING, ST_OPEN, .values = destination_currencies_values },
    { "destination_network", ST_STRING, ST_OPEN, .values = destination_network_values },
    { "status", ST_STRING, .values = status_values },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_param online_params[] = {
    { "ip_address", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    { "user_agent", ST_STRING, ST_REQUIRED | ST_SENSITIVE, ST_TEXT },
    { NULL }
};

static const char *const type_values[] = { "offline", "online", NULL };

static const st_param customer_acceptance_params[] = {
    { "accepted_at", ST_INTEGER, .format = ST_UNIX_TIME },
    { "offline", ST_OBJECT, ST_FREE },
    { "online", ST_OBJECT, .params = online_params },
    { "type", ST_STRING, ST_REQUIRED, ST_TEXT, .values = type_values },
    { NULL }
};

static const st_param mandate_data_params[] = {
    { "customer_acceptance", ST_OBJECT, ST_REQUIRED, .params = customer_acceptance_params },
    { NULL }
};

static const st_param onramp_session_checkout[] = {
    ST_EXPAND_PARAM,
    { "mandate_data", ST_OBJECT, ST_SENSITIVE, .params = mandate_data_params },
    { NULL }
};

static const char *const source_currency_values_2[] = { "eur", "usd", NULL };

static const st_param onramp_quote_retrieve[] = {
    { "destination_amount", ST_STRING, .format = ST_DECIMAL },
    { "destination_currencies", ST_ARRAY, .item = destination_currencies_item },
    ST_EXPAND_PARAM,
    { "destination_networks", ST_ARRAY, .item = destination_networks_item },
    { "source_amount", ST_STRING, .decimals = 2, .format = ST_DECIMAL },
    { "source_currency", ST_STRING, ST_OPEN, .values = source_currency_values_2 },
    { NULL }
};

static const st_field crypto_onramp_quote_fees_fields[] = {
    { "network_fee_monetary", ST_STRING, ST_REQUIRED },
    { "transaction_fee_monetary", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_field crypto_onramp_quote_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "destination_amount", ST_STRING, ST_REQUIRED },
    { "destination_currency", ST_STRING, ST_REQUIRED | ST_OPEN, .values = destination_currencies_values },
    { "destination_network", ST_STRING, ST_REQUIRED | ST_OPEN, .values = destination_network_values },
    { "fees", ST_OBJECT, ST_REQUIRED, .fields = crypto_onramp_quote_fees_fields },
    { "source_total_amount", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const st_field avalanche_field[] = { { "", ST_OBJECT, .fields = crypto_onramp_quote_fields } };

static const st_field crypto_onramp_destination_network_quotes_fields[] = {
    { "avalanche", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "base_network", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "bitcoin", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "ethereum", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "optimism", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "polygon", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "solana", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "stellar", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { "worldchain", ST_ARRAY, ST_NULLABLE, .item = avalanche_field },
    { NULL }
};

static const st_field onramp_quotes_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING },
    { "destination_network_quotes", ST_OBJECT, ST_REQUIRED, .fields = crypto_onramp_destination_network_quotes_fields },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "rate_fetched_at", ST_NUMBER, ST_REQUIRED },
    { "source_amount", ST_STRING, ST_REQUIRED },
    { "source_currency", ST_STRING, ST_REQUIRED | ST_OPEN, .values = source_currency_values_2 },
    { NULL }
};

static const st_object onramp_quotes_object = { "crypto.onramp.quotes", NULL, onramp_quotes_fields };

/* Fraction digits of each asset; an asset that is not here is not checked. */
static const st_asset assets[] = {
    { "avax", 18 }, { "btc", 8 }, { "eth", 18 }, { "matic", 18 }, { "sol", 9 },
    { "usdc", 6 }, { "usdt", 6 }, { "wld", 18 }, { "xlm", 8 }, { NULL, 0 }
};

static const st_rule session_create_rules[] = {
    { { "source_amount", "destination_amount" }, ST_AT_MOST_ONE },
    { { "source_amount", "source_currency" }, ST_NEEDS },
    { { "destination_amount", "destination_currency", "destination_network" }, ST_NEEDS },
    { { "destination_currency", "destination_network" }, ST_NEEDS },
    { { "destination_network", "destination_currency" }, ST_NEEDS },
    { { "lock_wallet_address", "wallet_addresses", "wallet_address" }, ST_TRUE_NEEDS_ANY },
    { { "destination_amount", "destination_currency" }, ST_PRECISION, assets },
    { { NULL } }
};

static const st_rule quotes_rules[] = {
    { { "source_amount", "destination_amount" }, ST_AT_MOST_ONE },
    { { "destination_amount", "destination_currencies", "destination_networks" }, ST_NEEDS },
    { { NULL } }
};

static const st_operation onramp_session_operations[] = {
    { "create", ST_POST, "/v1/crypto/onramp_sessions",
      .flags = ST_STABLE_PREVIEW, .returns = &onramp_session_object, .params = onramp_session_create, .rules = session_create_rules },
    { "retrieve", ST_GET, "/v1/crypto/onramp_sessions/{id}",
      .flags = ST_STABLE_PREVIEW, .returns = &onramp_session_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/crypto/onramp_sessions",
      .flags = ST_RETURNS_LIST | ST_STABLE_PREVIEW, .returns = &onramp_session_object, .params = onramp_session_list, .rules = st_cursor_rules },
    { "quote", ST_POST, "/v1/crypto/onramp_sessions/{id}/quote",
      .flags = ST_NEEDS_BETA | ST_STABLE_PRIVATE, .returns = &onramp_session_object, .params = st_expand_only },
    { "checkout", ST_POST, "/v1/crypto/onramp_sessions/{id}/checkout",
      .flags = ST_NEEDS_BETA | ST_STABLE_PRIVATE, .returns = &onramp_session_object, .params = onramp_session_checkout },
    { NULL }
};

static const st_operation onramp_quote_operations[] = {
    { "retrieve", ST_GET, "/v1/crypto/onramp/quotes",
      .flags = ST_STABLE_PREVIEW, .alternate_path = "/v1/crypto/onramp_quotes", .returns = &onramp_quotes_object, .params = onramp_quote_retrieve, .rules = quotes_rules },
    { NULL }
};

const st_resource st_crypto[] = {
    { "crypto.onramp_sessions", &onramp_session_object, "crypto_onramp_beta=v2", onramp_session_operations },
    { "crypto.onramp_quotes", &onramp_quotes_object, NULL, onramp_quote_operations },
    { NULL }
};
