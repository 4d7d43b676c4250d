/* crypto.c - ring 0: the onramp, where people buy crypto: sessions and quotes. */
#include "catalogue.h"

#include <stddef.h>

/* Amounts are decimal text throughout: source amounts in money, destination amounts in crypto. */

static const char *const crypto_currencies[] = {
    "avax", "btc", "eth", "matic", "ripusd", "sol", "usdc", "usdt", "wld", "xlm", NULL
};

static const char *const networks[] = {
    "avalanche", "base", "bitcoin", "celo", "ethereum", "optimism", "polygon", "solana",
    "stellar", "sui", "tempo", "worldchain", NULL
};

static const char *const session_currencies[] = {
    "cad", "cop", "eur", "gbp", "php", "usd", NULL
};

static const char *const settlement_speeds[] = { "instant", "standard", NULL };

/* Fraction digits of each asset; an asset that is not here is not checked. */
static const st_asset assets[] = {
    { "avax", 18 }, { "btc", 8 }, { "eth", 18 }, { "matic", 18 }, { "sol", 9 },
    { "usdc", 6 }, { "usdt", 6 }, { "wld", 18 }, { "xlm", 8 }, { NULL, 0 }
};

/* Sessions: one purchase, from the first page to the coins in the wallet. */

static const st_field crypto_currency_field[] = {
    { "", ST_STRING, ST_OPEN, .values = crypto_currencies }
};

static const st_field network_field[] = { { "", ST_STRING, ST_OPEN, .values = networks } };

static const st_field fees_fields[] = {
    { "network_fee_amount", ST_STRING, ST_OR_NULL, ST_DECIMAL },
    { "transaction_fee_amount", ST_STRING, ST_OR_NULL, ST_DECIMAL },
    { NULL }
};

static const st_field destination_tags_fields[] = {
    { "stellar", ST_STRING, ST_OR_NULL },
    { NULL }
};

/* The network that parameters call "base" is "base_network" as a key. */
static const st_field wallet_addresses_fields[] = {
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
    { "destination_tags", ST_OBJECT, ST_NULLABLE, .fields = destination_tags_fields },
    { NULL }
};

static const st_field transaction_details_fields[] = {
    { "destination_amount", ST_STRING, ST_OR_NULL, ST_DECIMAL },
    { "destination_currencies", ST_ARRAY, ST_OR_NULL, .item = crypto_currency_field },
    { "destination_currency", ST_STRING, ST_OR_NULL | ST_OPEN, .values = crypto_currencies },
    { "destination_network", ST_STRING, ST_OR_NULL | ST_OPEN, .values = networks },
    { "destination_networks", ST_ARRAY, ST_OR_NULL, .item = network_field },
    { "fees", ST_OBJECT, ST_OR_NULL, .fields = fees_fields },
    { "lock_wallet_address", ST_BOOLEAN, ST_OR_NULL },
    { "settlement_speed", ST_STRING, ST_NULLABLE | ST_OPEN, .values = settlement_speeds },
    { "source_amount", ST_STRING, ST_OR_NULL, ST_DECIMAL },
    { "source_currency", ST_STRING, ST_OR_NULL | ST_OPEN, .values = session_currencies },
    { "transaction_id", ST_STRING, ST_OR_NULL },
    { "wallet_address", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "wallet_addresses", ST_OBJECT, ST_OR_NULL | ST_SENSITIVE,
      .fields = wallet_addresses_fields },
    { "last_error", ST_STRING, ST_NULLABLE | ST_PRIVATE_PREVIEW },
    { NULL }
};

/* Whoever has the client secret or the redirect url can go on with the purchase. */
static const st_field session_fields[] = {
    ST_OBJECT_FIELDS,
    { "client_secret", ST_STRING, ST_REQUIRED | ST_SENSITIVE },
    ST_CREATED_FIELD,
    { "kyc_details_provided", ST_BOOLEAN, ST_REQUIRED },
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_OR_NULL),
    { "redirect_url", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED },
    { "transaction_details", ST_OBJECT, ST_REQUIRED, .fields = transaction_details_fields },
    { NULL }
};

static const st_object session_object = { "crypto.onramp_session", "cos_", session_fields };

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
    { "email", ST_STRING },
    { "first_name", ST_STRING },
    { "last_name", ST_STRING },
    { "dob", ST_OBJECT, .params = dob_params },
    { "address", ST_OBJECT, .params = address_params },
    { NULL }
};

static const st_param crypto_currency_item[] = {
    { "", ST_STRING, ST_OPEN, .values = crypto_currencies }
};

static const st_param network_item[] = { { "", ST_STRING, ST_OPEN, .values = networks } };

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

static const char *const ui_modes[] = { "headless", NULL };

/* kyc_details is customer_information under the name that the reference gives it, without saying
   what is inside. */
static const st_param session_create[] = {
    { "crypto_customer_id", ST_STRING, ST_PRIVATE_PREVIEW },
    { "customer_information", ST_OBJECT, ST_SENSITIVE, .params = customer_information_params },
    { "customer_ip_address", ST_STRING, ST_SENSITIVE },
    { "destination_amount", ST_STRING, .format = ST_DECIMAL, ST_TEXT },
    { "destination_currencies", ST_ARRAY, .min_items = 1, .item = crypto_currency_item },
    { "destination_currency", ST_STRING, ST_OPEN, .values = crypto_currencies },
    { "destination_network", ST_STRING, ST_OPEN, .values = networks },
    { "destination_networks", ST_ARRAY, .min_items = 1, .item = network_item },
    ST_EXPAND_PARAM,
    { "kyc_details", ST_OBJECT, ST_SENSITIVE | ST_FREE },
    { "lock_wallet_address", ST_BOOLEAN },
    ST_METADATA_PARAM,
    { "payment_token", ST_STRING, ST_SENSITIVE | ST_PRIVATE_PREVIEW },
    { "settlement_speed", ST_STRING, ST_OPEN, .values = settlement_speeds },
    { "source_amount", ST_STRING, .format = ST_DECIMAL, ST_TEXT, .decimals = 2 },
    { "source_currency", ST_STRING, ST_OPEN, .values = session_currencies },
    { "ui_mode", ST_STRING, ST_OPEN | ST_PRIVATE_PREVIEW, .values = ui_modes },
    { "wallet_address", ST_STRING, ST_SENSITIVE | ST_PRIVATE_PREVIEW },
    { "wallet_addresses", ST_OBJECT, ST_SENSITIVE, .params = wallet_addresses_params },
    { NULL }
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

static const char *const session_statuses[] = {
    "fulfillment_complete", "fulfillment_processing", "initialized", "rejected",
    "requires_payment", NULL
};

static const st_param session_list[] = {
    ST_CREATED_PARAM,
    { "destination_currency", ST_STRING, ST_OPEN, .values = crypto_currencies },
    { "destination_network", ST_STRING, ST_OPEN, .values = networks },
    { "status", ST_STRING, .values = session_statuses },
    ST_LIST_PARAMS,
    { NULL }
};

static const char *const acceptance_types[] = { "offline", "online", NULL };

static const st_param online_params[] = {
    { "ip_address", ST_STRING, ST_REQUIRED },
    { "user_agent", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_param acceptance_params[] = {
    { "accepted_at", ST_INTEGER, .format = ST_UNIX_TIME },
    { "offline", ST_OBJECT, ST_FREE },
    { "online", ST_OBJECT, .params = online_params },
    { "type", ST_STRING, ST_REQUIRED, ST_TEXT, .values = acceptance_types },
    { NULL }
};

static const st_param mandate_params[] = {
    { "customer_acceptance", ST_OBJECT, ST_REQUIRED, .params = acceptance_params },
    { NULL }
};

static const st_param session_checkout[] = {
    ST_EXPAND_PARAM,
    { "mandate_data", ST_OBJECT, ST_SENSITIVE, .params = mandate_params },
    { NULL }
};

static const st_operation session_operations[] = {
    { "create", ST_POST, "/v1/crypto/onramp_sessions", ST_STABLE_PREVIEW,
      .returns = &session_object, .params = session_create, .rules = session_create_rules },
    { "retrieve", ST_GET, "/v1/crypto/onramp_sessions/{id}", ST_STABLE_PREVIEW,
      .returns = &session_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/crypto/onramp_sessions", ST_RETURNS_LIST | ST_STABLE_PREVIEW,
      .returns = &session_object, .params = session_list, .rules = st_cursor_rules },
    { "quote", ST_POST, "/v1/crypto/onramp_sessions/{id}/quote",
      ST_NEEDS_BETA | ST_STABLE_PRIVATE,
      .returns = &session_object, .params = st_expand_only },
    { "checkout", ST_POST, "/v1/crypto/onramp_sessions/{id}/checkout",
      ST_NEEDS_BETA | ST_STABLE_PRIVATE,
      .returns = &session_object, .params = session_checkout },
    { NULL }
};

/* Quotes: what an amount would buy, for each network and currency. */

static const char *const quote_currencies[] = { "eur", "usd", NULL };

static const st_field quote_fees_fields[] = {
    { "network_fee_monetary", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "transaction_fee_monetary", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { NULL }
};

static const st_field quote_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "destination_amount", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "destination_currency", ST_STRING, ST_REQUIRED | ST_OPEN, .values = crypto_currencies },
    { "destination_network", ST_STRING, ST_REQUIRED | ST_OPEN, .values = networks },
    { "fees", ST_OBJECT, ST_REQUIRED, .fields = quote_fees_fields },
    { "source_total_amount", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { NULL }
};

static const st_field quote_item[] = { { "", ST_OBJECT, .fields = quote_fields } };

static const st_field network_quotes_fields[] = {
    { "avalanche", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "base_network", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "bitcoin", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "ethereum", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "optimism", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "polygon", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "solana", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "stellar", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { "worldchain", ST_ARRAY, ST_NULLABLE, .item = quote_item },
    { NULL }
};

static const st_field quotes_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING },
    { "destination_network_quotes", ST_OBJECT, ST_REQUIRED, .fields = network_quotes_fields },
    ST_LIVEMODE_FIELD,
    { "rate_fetched_at", ST_NUMBER, ST_REQUIRED }, /* Unix time with a fraction */
    { "source_amount", ST_STRING, ST_REQUIRED, ST_DECIMAL },
    { "source_currency", ST_STRING, ST_REQUIRED | ST_OPEN, .values = quote_currencies },
    { NULL }
};

static const st_object quotes_object = { "crypto.onramp.quotes", NULL, quotes_fields };

static const st_param quotes_retrieve[] = {
    { "destination_amount", ST_STRING, .format = ST_DECIMAL },
    { "destination_currencies", ST_ARRAY, .item = crypto_currency_item },
    ST_EXPAND_PARAM,
    { "destination_networks", ST_ARRAY, .item = network_item },
    { "source_amount", ST_STRING, .format = ST_DECIMAL, .decimals = 2 },
    { "source_currency", ST_STRING, ST_OPEN, .values = quote_currencies },
    { NULL }
};

static const st_rule quotes_rules[] = {
    { { "source_amount", "destination_amount" }, ST_AT_MOST_ONE },
    { { "destination_amount", "destination_currencies", "destination_networks" }, ST_NEEDS },
    { { NULL } }
};

static const st_operation quotes_operations[] = {
    { "retrieve", ST_GET, "/v1/crypto/onramp/quotes", ST_STABLE_PREVIEW,
      .alternate_path = "/v1/crypto/onramp_quotes",
      .returns = &quotes_object, .params = quotes_retrieve, .rules = quotes_rules },
    { NULL }
};

const st_resource st_crypto[] = {
    { "crypto.onramp_sessions", &session_object, "crypto_onramp_beta=v2", session_operations },
    { "crypto.onramp_quotes", &quotes_object, NULL, quotes_operations },
    { NULL }
};
