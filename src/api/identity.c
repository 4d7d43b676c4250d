/* identity.c - ring 0: the tables of identity. */
#include "catalogue.h"

#include <stddef.h>

static const char *const allowed_types_values[] = {
    "driving_license", "id_card", "passport", NULL
};

static const st_param allowed_types_item[] = { { "", ST_STRING, ST_OPEN, .values = allowed_types_values } };

static const st_param document_params[] = {
    { "allowed_types", ST_ARRAY, .item = allowed_types_item },
    { "require_id_number", ST_BOOLEAN },
    { "require_live_capture", ST_BOOLEAN },
    { "require_matching_selfie", ST_BOOLEAN },
    { NULL }
};

static const st_param options_params[] = {
    { "document", ST_OBJECT, ST_CLEARABLE, .params = document_params },
    { NULL }
};

static const st_param provided_details_params[] = {
    { "email", ST_STRING, ST_SENSITIVE },
    { "phone", ST_STRING, ST_SENSITIVE },
    { NULL }
};

static const st_param related_person_params[] = {
    { "account", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "person", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const char *const type_values[] = { "document", "id_number", NULL };

static const st_param verification_session_create[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "options", ST_OBJECT, .params = options_params },
    { "provided_details", ST_OBJECT, ST_SENSITIVE, .params = provided_details_params },
    { "related_customer", ST_STRING, ST_TEXT },
    { "related_customer_account", ST_STRING, ST_TEXT },
    { "related_person", ST_OBJECT, .params = related_person_params },
    { "return_url", ST_STRING },
    { "type", ST_STRING, ST_OPEN, .values = type_values },
    { "verification_flow", ST_STRING, ST_TEXT },
    { NULL }
};

static const char *const code_values[] = {
    "abandoned", "consent_declined", "country_not_supported", "device_not_supported",
    "document_expired", "document_type_not_supported", "document_unverified_other",
    "email_unverified_other", "email_verification_declined",
    "id_number_insufficient_document_data", "id_number_mismatch", "id_number_unverified_other",
    "phone_unverified_other", "phone_verification_declined", "selfie_document_missing_photo",
    "selfie_face_mismatch", "selfie_manipulated", "selfie_unverified_other",
    "under_supported_age", NULL
};

static const st_field session_last_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field address_fields[] = {
    { "city", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "country", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "line1", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "line2", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "postal_code", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "state", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field document_report_date_of_birth_fields[] = {
    { "day", ST_INTEGER, ST_REQUIRED | ST_NULLABLE },
    { "month", ST_INTEGER, ST_REQUIRED | ST_NULLABLE },
    { "year", ST_INTEGER, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const char *const code_values_2[] = {
    "document_expired", "document_type_not_supported", "document_unverified_other", NULL
};

static const st_field document_report_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values_2 },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const char *const sex_values[] = { "[redacted]", "female", "male", "unknown", NULL };

static const char *const status_values[] = { "unverified", "verified", NULL };

static const st_field document_report_fields[] = {
    { "address", ST_OBJECT, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE, .fields = address_fields },
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = document_report_date_of_birth_fields },
    { "error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = document_report_error_fields },
    { "expiration_date", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = document_report_date_of_birth_fields },
    { "files", ST_ARRAY, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE, .item = st_text_field },
    { "first_name", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "issued_date", ST_OBJECT, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE, .fields = document_report_date_of_birth_fields },
    { "issuing_country", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "last_name", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_OPEN | ST_SENSITIVE, .values = sex_values },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { "type", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = allowed_types_values },
    { "unparsed_place_of_birth", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "unparsed_sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { NULL }
};

static const char *const code_values_3[] = {
    "email_unverified_other", "email_verification_declined", NULL
};

static const st_field email_report_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values_3 },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field email_report_fields[] = {
    { "email", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = email_report_error_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { NULL }
};

static const char *const code_values_4[] = {
    "id_number_insufficient_document_data", "id_number_mismatch", "id_number_unverified_other",
    NULL
};

static const st_field id_number_report_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values_4 },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const char *const id_number_type_values[] = { "br_cpf", "sg_nric", "us_ssn", NULL };

static const st_field id_number_report_fields[] = {
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = document_report_date_of_birth_fields },
    { "error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = id_number_report_error_fields },
    { "first_name", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "id_number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "id_number_type", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = id_number_type_values },
    { "last_name", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { NULL }
};

static const st_field allowed_types_field[] = { { "", ST_STRING, ST_OPEN, .values = allowed_types_values } };

static const st_field report_document_options_fields[] = {
    { "allowed_types", ST_ARRAY, .item = allowed_types_field },
    { "require_id_number", ST_BOOLEAN },
    { "require_live_capture", ST_BOOLEAN },
    { "require_matching_selfie", ST_BOOLEAN },
    { NULL }
};

static const st_field verification_report_options_fields[] = {
    { "document", ST_OBJECT, .fields = report_document_options_fields },
    { "id_number", ST_OBJECT, ST_FREE },
    { NULL }
};

static const char *const code_values_5[] = {
    "phone_unverified_other", "phone_verification_declined", NULL
};

static const st_field phone_report_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values_5 },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field phone_report_fields[] = {
    { "phone", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = phone_report_error_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { NULL }
};

static const char *const code_values_6[] = {
    "selfie_document_missing_photo", "selfie_face_mismatch", "selfie_manipulated",
    "selfie_unverified_other", NULL
};

static const st_field selfie_report_error_fields[] = {
    { "code", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = code_values_6 },
    { "reason", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_field selfie_report_fields[] = {
    { "document", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = selfie_report_error_fields },
    { "selfie", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values },
    { NULL }
};

static const char *const type_values_2[] = { "document", "id_number", "verification_flow", NULL };

static const st_field verification_report_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "client_reference_id", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "document", ST_OBJECT, .fields = document_report_fields },
    { "email", ST_OBJECT, .fields = email_report_fields },
    { "id_number", ST_OBJECT, .fields = id_number_report_fields },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "options", ST_OBJECT, .fields = verification_report_options_fields },
    { "phone", ST_OBJECT, .fields = phone_report_fields },
    { "selfie", ST_OBJECT, .fields = selfie_report_fields },
    { "type", ST_STRING, ST_REQUIRED | ST_OPEN, .values = type_values_2 },
    { "verification_flow", ST_STRING },
    { "verification_session", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { NULL }
};

static const st_object verification_report_object = { "identity.verification_report", "vr_", verification_report_fields };

static const st_field session_email_options_fields[] = {
    { "require_verification", ST_BOOLEAN },
    { NULL }
};

static const char *const dob_values[] = { "none", "similar", NULL };

static const st_field session_matching_options_fields[] = {
    { "dob", ST_STRING, ST_OPEN, .values = dob_values },
    { "name", ST_STRING, ST_OPEN, .values = dob_values },
    { NULL }
};

static const st_field verification_session_options_fields[] = {
    { "document", ST_OBJECT, .fields = report_document_options_fields },
    { "email", ST_OBJECT, .fields = session_email_options_fields },
    { "id_number", ST_OBJECT, ST_FREE },
    { "matching", ST_OBJECT, .fields = session_matching_options_fields },
    { "phone", ST_OBJECT, .fields = session_email_options_fields },
    { NULL }
};

static const st_field provided_details_fields[] = {
    { "email", ST_STRING, ST_SENSITIVE },
    { "phone", ST_STRING, ST_SENSITIVE },
    { NULL }
};

static const char *const status_values_2[] = { "processing", "redacted", "validated", NULL };

static const st_field verification_session_redaction_fields[] = {
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values_2 },
    { NULL }
};

static const st_field related_person_fields[] = {
    { "account", ST_STRING, ST_REQUIRED },
    { "person", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const char *const status_values_3[] = {
    "canceled", "processing", "requires_input", "verified", NULL
};

static const st_field verified_outputs_fields[] = {
    { "address", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = address_fields },
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN, .fields = document_report_date_of_birth_fields },
    { "email", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "first_name", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "id_number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { "id_number_type", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_OPEN, .values = id_number_type_values },
    { "last_name", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "phone", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_OPEN, .values = sex_values },
    { "unparsed_place_of_birth", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { "unparsed_sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { NULL }
};

static const st_field verification_session_fields[] = {
    { "id", ST_STRING, ST_REQUIRED },
    { "object", ST_STRING, ST_REQUIRED },
    { "client_reference_id", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "client_secret", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "created", ST_INTEGER, ST_REQUIRED, .format = ST_UNIX_TIME },
    { "last_error", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = session_last_error_fields },
    { "last_verification_report", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_EXPAND_ID, .object = &verification_report_object },
    { "livemode", ST_BOOLEAN, ST_REQUIRED },
    { "metadata", ST_MAP, ST_REQUIRED, .format = ST_METADATA, .item = st_text_field },
    { "options", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = verification_session_options_fields },
    { "provided_details", ST_OBJECT, ST_NULLABLE | ST_SENSITIVE, .fields = provided_details_fields },
    { "redaction", ST_OBJECT, ST_REQUIRED | ST_NULLABLE, .fields = verification_session_redaction_fields },
    { "related_customer", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "related_customer_account", ST_STRING, ST_REQUIRED | ST_NULLABLE },
    { "related_person", ST_OBJECT, .fields = related_person_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = status_values_3 },
    { "type", ST_STRING, ST_REQUIRED | ST_OPEN, .values = type_values_2 },
    { "url", ST_STRING, ST_REQUIRED | ST_NULLABLE | ST_SENSITIVE },
    { "verification_flow", ST_STRING },
    { "verified_outputs", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = verified_outputs_fields },
    { NULL }
};

static const st_object verification_session_object = { "identity.verification_session", "vs_", verification_session_fields };

static const st_param verification_session_update[] = {
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "options", ST_OBJECT, .params = options_params },
    { "provided_details", ST_OBJECT, ST_SENSITIVE, .params = provided_details_params },
    { "type", ST_STRING, ST_OPEN, .values = type_values },
    { NULL }
};

static const st_param verification_session_list[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    { "created", ST_ANY_OF, .params = st_created_params },
    { "related_customer", ST_STRING, ST_TEXT },
    { "related_customer_account", ST_STRING, ST_TEXT },
    { "status", ST_STRING, ST_OPEN, .values = status_values_3 },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_param verification_report_list[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    { "created", ST_ANY_OF, .params = st_created_params },
    { "type", ST_STRING, ST_OPEN, .values = type_values },
    { "verification_session", ST_STRING, ST_TEXT },
    ST_LIST_PARAMS,
    { NULL }
};

/* A flow brings its own type. */
static const st_rule session_create_rules[] = {
    { { "type", "verification_flow" }, ST_AT_LEAST_ONE },
    { { NULL } }
};

static const st_operation verification_session_operations[] = {
    { "create", ST_POST, "/v1/identity/verification_sessions",
      .returns = &verification_session_object, .params = verification_session_create, .rules = session_create_rules },
    { "retrieve", ST_GET, "/v1/identity/verification_sessions/{session}",
      .returns = &verification_session_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/identity/verification_sessions/{session}",
      .returns = &verification_session_object, .params = verification_session_update },
    { "list", ST_GET, "/v1/identity/verification_sessions",
      .flags = ST_RETURNS_LIST, .returns = &verification_session_object, .params = verification_session_list, .rules = st_cursor_rules },
    { "cancel", ST_POST, "/v1/identity/verification_sessions/{session}/cancel",
      .returns = &verification_session_object, .params = st_expand_only },
    { "redact", ST_POST, "/v1/identity/verification_sessions/{session}/redact",
      .returns = &verification_session_object, .params = st_expand_only },
    { NULL }
};

static const st_operation verification_report_operations[] = {
    { "retrieve", ST_GET, "/v1/identity/verification_reports/{report}",
      .returns = &verification_report_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/identity/verification_reports",
      .flags = ST_RETURNS_LIST, .returns = &verification_report_object, .params = verification_report_list, .rules = st_cursor_rules },
    { NULL }
};

const st_resource st_identity[] = {
    { "identity.verification_sessions", &verification_session_object, NULL, verification_session_operations },
    { "identity.verification_reports", &verification_report_object, NULL, verification_report_operations },
    { NULL }
};
