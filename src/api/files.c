/* files.c - ring 0: uploads, and links that show them to people without a key. */
#include "catalogue.h"

#include <stddef.h>

static const char *const upload_purposes[] = {
    "account_requirement", "additional_verification", "business_icon", "business_logo",
    "customer_signature", "dispute_evidence", "identity_document", "issuing_regulatory_reporting",
    "pci_document", "platform_terms_of_service", "tax_document_user_upload",
    "terminal_android_apk", "terminal_reader_splashscreen", "terminal_wifi_certificate",
    "terminal_wifi_private_key", NULL
};

/* Those of uploads, and those of files that Stripe itself makes. */
static const char *const all_purposes[] = {
    "account_requirement", "additional_verification", "business_icon", "business_logo",
    "customer_signature", "dispute_evidence", "document_provider_identity_document",
    "finance_report_run", "financial_account_statement", "identity_document",
    "identity_document_downloadable", "issuing_regulatory_reporting", "pci_document",
    "platform_terms_of_service", "selfie", "sigma_scheduled_query", "tax_document_user_upload",
    "terminal_android_apk", "terminal_reader_splashscreen", "terminal_wifi_certificate",
    "terminal_wifi_private_key", NULL
};

/* Each holds the other: a file lists its links, a link expands to its file. */
static const st_object file_object;
static const st_object link_object;

static const st_field link_item[] = { { "", ST_OBJECT, .object = &link_object } };

static const st_field file_fields[] = {
    ST_OBJECT_FIELDS,
    ST_CREATED_FIELD,
    { "expires_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "filename", ST_STRING, ST_OR_NULL },
    { "links", ST_LIST, ST_NULLABLE, .item = link_item },
    { "purpose", ST_STRING, ST_REQUIRED | ST_OPEN, .values = all_purposes },
    { "size", ST_INTEGER, ST_REQUIRED }, /* bytes */
    { "title", ST_STRING, ST_OR_NULL },
    { "type", ST_STRING, ST_OR_NULL },
    { "url", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_object file_object = { "file", "file_", file_fields };

/* Whoever knows the url of a link can see the file. */
static const st_field link_fields[] = {
    ST_OBJECT_FIELDS,
    ST_CREATED_FIELD,
    { "expired", ST_BOOLEAN, ST_REQUIRED },
    { "expires_at", ST_INTEGER, ST_OR_NULL, ST_UNIX_TIME },
    { "file", ST_STRING, ST_REQUIRED | ST_EXPAND_ID, .object = &file_object },
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_REQUIRED),
    { "url", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { NULL }
};

static const st_object link_object = { "file_link", "link_", link_fields };

static const st_param link_data_params[] = {
    { "create", ST_BOOLEAN, ST_REQUIRED },
    { "expires_at", ST_INTEGER, .format = ST_UNIX_TIME },
    ST_METADATA_PARAM,
    { NULL }
};

static const st_param file_create[] = {
    ST_EXPAND_PARAM,
    { "file", ST_FILE, ST_REQUIRED | ST_SENSITIVE },
    { "file_link_data", ST_OBJECT, .params = link_data_params },
    { "purpose", ST_STRING, ST_REQUIRED | ST_OPEN, .values = upload_purposes },
    { NULL }
};

static const st_param file_list[] = {
    ST_CREATED_PARAM,
    { "purpose", ST_STRING, ST_OPEN, ST_TEXT, .values = all_purposes },
    ST_LIST_PARAMS,
    { NULL }
};

/* contents is where file.url of an answer points to. */
static const st_operation file_operations[] = {
    { "create", ST_POST, "/v1/files", ST_MULTIPART, ST_HOST_FILES,
      .returns = &file_object, .params = file_create },
    { "retrieve", ST_GET, "/v1/files/{file}",
      .returns = &file_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/files", ST_RETURNS_LIST,
      .returns = &file_object, .params = file_list, .rules = st_cursor_rules },
    { "contents", ST_GET, "/v1/files/{file}/contents", ST_RETURNS_BINARY, ST_HOST_FILES },
    { NULL }
};

static const st_param link_create[] = {
    ST_EXPAND_PARAM,
    { "expires_at", ST_INTEGER, .format = ST_UNIX_TIME },
    { "file", ST_STRING, ST_REQUIRED, ST_TEXT },
    ST_METADATA_PARAM,
    { NULL }
};

static const char *const now[] = { "now", NULL };

static const st_param time_or_now[] = {
    { "", ST_STRING, ST_TEXT, .values = now },
    { "", ST_INTEGER, .format = ST_UNIX_TIME },
    { NULL }
};

static const st_param link_update[] = {
    ST_EXPAND_PARAM,
    { "expires_at", ST_ANY_OF, ST_CLEARABLE, .params = time_or_now },
    ST_METADATA_PARAM,
    { NULL }
};

static const st_param link_list[] = {
    ST_CREATED_PARAM,
    { "expired", ST_BOOLEAN },
    { "file", ST_STRING, ST_TEXT },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation link_operations[] = {
    { "create", ST_POST, "/v1/file_links",
      .returns = &link_object, .params = link_create },
    { "retrieve", ST_GET, "/v1/file_links/{link}",
      .returns = &link_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/file_links/{link}",
      .returns = &link_object, .params = link_update },
    { "list", ST_GET, "/v1/file_links", ST_RETURNS_LIST,
      .returns = &link_object, .params = link_list, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_files[] = {
    { "files", &file_object, NULL, file_operations },
    { "file_links", &link_object, NULL, link_operations },
    { NULL }
};
