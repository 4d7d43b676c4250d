/* files.c - ring 0: the tables of files. */
#include "catalogue.h"

#include <stddef.h>

static const st_param file_link_data_params[] = {
    { "create", ST_BOOLEAN, ST_REQUIRED },
    { "expires_at", ST_INTEGER, .format = ST_UNIX_TIME },
    ST_METADATA_PARAM,
    { NULL }
};

static const char *const upload_purposes[] = {
    "account_requirement", "additional_verification", "business_icon", "business_logo",
    "customer_signature", "dispute_evidence", "identity_document", "issuing_regulatory_reporting",
    "pci_document", "platform_terms_of_service", "tax_document_user_upload",
    "terminal_android_apk", "terminal_reader_splashscreen", "terminal_wifi_certificate",
    "terminal_wifi_private_key", NULL
};

static const st_param file_create[] = {
    ST_EXPAND_PARAM,
    { "file", ST_FILE, ST_REQUIRED | ST_SENSITIVE },
    { "file_link_data", ST_OBJECT, .params = file_link_data_params },
    { "purpose", ST_STRING, ST_REQUIRED | ST_OPEN, .values = upload_purposes },
    { NULL }
};

/* Each holds the other: a file lists its links, a link expands to its file. */
static const st_object file_object;
static const st_object file_link_object;

static const st_field links_field[] = { { "", ST_OBJECT, .object = &file_link_object } };

static const char *const all_purposes[] = {
    "account_requirement", "additional_verification", "business_icon", "business_logo",
    "customer_signature", "dispute_evidence", "document_provider_identity_document",
    "finance_report_run", "financial_account_statement", "identity_document",
    "identity_document_downloadable", "issuing_regulatory_reporting", "pci_document",
    "platform_terms_of_service", "selfie", "sigma_scheduled_query", "tax_document_user_upload",
    "terminal_android_apk", "terminal_reader_splashscreen", "terminal_wifi_certificate",
    "terminal_wifi_private_key", NULL
};

static const st_field file_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "expires_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "filename", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "links", ST_LIST, ST_NULLABLE, .item = links_field },
    { "purpose", ST_STRING, ST_REQUIRED | ST_OPEN, .values = all_purposes },
    { "size", ST_INTEGER, ST_REQUIRED },
    { "title", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "type", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "url", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_object file_object = { "file", "file_", file_fields };

static const st_field file_link_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "expired", ST_BOOLEAN, ST_REQUIRED },
    { "expires_at", ST_INTEGER, ST_REQUIRED | ST_NULLABLE, .format = ST_UNIX_TIME },
    { "file", ST_STRING, ST_REQUIRED | ST_EXPAND_ID, .object = &file_object },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_REQUIRED, .format = ST_METADATA, .item = st_text_field },
    { "url", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { NULL }
};

static const st_object file_link_object = { "file_link", "link_", file_link_fields };

static const st_param file_list[] = {
    { "created", ST_ANY_OF, .params = st_created_params },
    { "purpose", ST_STRING, ST_OPEN, ST_TEXT, .values = all_purposes },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_param file_link_create[] = {
    ST_EXPAND_PARAM,
    { "expires_at", ST_INTEGER, .format = ST_UNIX_TIME },
    { "file", ST_STRING, ST_REQUIRED, ST_TEXT },
    ST_METADATA_PARAM,
    { NULL }
};

static const char *const now_value[] = { "now", NULL };

static const st_param file_link_update_expires_at[] = {
    { "", ST_STRING, ST_TEXT, .values = now_value },
    { "", ST_INTEGER, .format = ST_UNIX_TIME },
    { NULL }
};

static const st_param file_link_update[] = {
    ST_EXPAND_PARAM,
    { "expires_at", ST_ANY_OF, ST_CLEARABLE, .params = file_link_update_expires_at },
    ST_METADATA_PARAM,
    { NULL }
};

static const st_param file_link_list[] = {
    { "created", ST_ANY_OF, .params = st_created_params },
    { "expired", ST_BOOLEAN },
    { "file", ST_STRING, ST_TEXT },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation file_operations[] = {
    { "create", ST_POST, "/v1/files",
      .flags = ST_MULTIPART, .host = ST_HOST_FILES, .returns = &file_object, .params = file_create },
    { "retrieve", ST_GET, "/v1/files/{file}",
      .returns = &file_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/files",
      .flags = ST_RETURNS_LIST, .returns = &file_object, .params = file_list, .rules = st_cursor_rules },
    { "contents", ST_GET, "/v1/files/{file}/contents",
      .flags = ST_RETURNS_BINARY, .host = ST_HOST_FILES },
    { NULL }
};

static const st_operation file_link_operations[] = {
    { "create", ST_POST, "/v1/file_links",
      .returns = &file_link_object, .params = file_link_create },
    { "retrieve", ST_GET, "/v1/file_links/{link}",
      .returns = &file_link_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/file_links/{link}",
      .returns = &file_link_object, .params = file_link_update },
    { "list", ST_GET, "/v1/file_links",
      .flags = ST_RETURNS_LIST, .returns = &file_link_object, .params = file_link_list, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_files[] = {
    { "files", &file_object, NULL, file_operations },
    { "file_links", &file_link_object, NULL, file_link_operations },
    { NULL }
};
