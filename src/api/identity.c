/* identity.c - ring 0: who somebody is: verification sessions and reports. */
#include "catalogue.h"

#include <stddef.h>

static const char *const document_types[] = { "driving_license", "id_card", "passport", NULL };
static const char *const id_number_types[] = { "br_cpf", "sg_nric", "us_ssn", NULL };
static const char *const sexes[] = { "[redacted]", "female", "male", "unknown", NULL };

static const st_field address_fields[] = {
    { "city", ST_STRING, ST_OR_NULL },
    { "country", ST_STRING, ST_OR_NULL },
    { "line1", ST_STRING, ST_OR_NULL },
    { "line2", ST_STRING, ST_OR_NULL },
    { "postal_code", ST_STRING, ST_OR_NULL },
    { "state", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field date_fields[] = {
    { "day", ST_INTEGER, ST_OR_NULL },
    { "month", ST_INTEGER, ST_OR_NULL },
    { "year", ST_INTEGER, ST_OR_NULL },
    { NULL }
};

static const st_field document_type_field[] = {
    { "", ST_STRING, ST_OPEN, .values = document_types }
};

static const st_field document_options_fields[] = {
    { "allowed_types", ST_ARRAY, .item = document_type_field },
    { "require_id_number", ST_BOOLEAN },
    { "require_live_capture", ST_BOOLEAN },
    { "require_matching_selfie", ST_BOOLEAN },
    { NULL }
};

static const char *const verification_types[] = {
    "document", "id_number", "verification_flow", NULL
};

/* Reports: what each check of one attempt found. */

static const char *const check_statuses[] = { "unverified", "verified", NULL };

static const char *const document_errors[] = {
    "document_expired", "document_type_not_supported", "document_unverified_other", NULL
};

static const st_field document_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = document_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field document_fields[] = {
    { "address", ST_OBJECT, ST_OR_NULL | ST_SENSITIVE, .fields = address_fields },
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = date_fields },
    { "error", ST_OBJECT, ST_OR_NULL, .fields = document_error_fields },
    { "expiration_date", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE,
      .fields = date_fields },
    { "files", ST_ARRAY, ST_OR_NULL | ST_SENSITIVE, .item = st_text_field },
    { "first_name", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "issued_date", ST_OBJECT, ST_OR_NULL | ST_SENSITIVE, .fields = date_fields },
    { "issuing_country", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "last_name", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_OPEN | ST_SENSITIVE,
      .values = sexes },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = check_statuses },
    { "type", ST_STRING, ST_OR_NULL | ST_OPEN, .values = document_types },
    { "unparsed_place_of_birth", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "unparsed_sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { NULL }
};

static const char *const email_errors[] = {
    "email_unverified_other", "email_verification_declined", NULL
};

static const st_field email_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = email_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field email_fields[] = {
    { "email", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_OR_NULL, .fields = email_error_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = check_statuses },
    { NULL }
};

static const char *const id_number_errors[] = {
    "id_number_insufficient_document_data", "id_number_mismatch", "id_number_unverified_other",
    NULL
};

static const st_field id_number_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = id_number_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field id_number_fields[] = {
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE, .fields = date_fields },
    { "error", ST_OBJECT, ST_OR_NULL, .fields = id_number_error_fields },
    { "first_name", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "id_number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE },
    { "id_number_type", ST_STRING, ST_OR_NULL | ST_OPEN, .values = id_number_types },
    { "last_name", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = check_statuses },
    { NULL }
};

static const char *const phone_errors[] = {
    "phone_unverified_other", "phone_verification_declined", NULL
};

static const st_field phone_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = phone_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field phone_fields[] = {
    { "phone", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_OR_NULL, .fields = phone_error_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = check_statuses },
    { NULL }
};

static const char *const selfie_errors[] = {
    "selfie_document_missing_photo", "selfie_face_mismatch", "selfie_manipulated",
    "selfie_unverified_other", NULL
};

static const st_field selfie_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = selfie_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field selfie_fields[] = {
    { "document", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "error", ST_OBJECT, ST_OR_NULL, .fields = selfie_error_fields },
    { "selfie", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = check_statuses },
    { NULL }
};

static const st_field report_options_fields[] = {
    { "document", ST_OBJECT, .fields = document_options_fields },
    { "id_number", ST_OBJECT, ST_FREE },
    { NULL }
};

static const st_field report_fields[] = {
    ST_OBJECT_FIELDS,
    { "client_reference_id", ST_STRING, ST_OR_NULL },
    ST_CREATED_FIELD,
    { "document", ST_OBJECT, .fields = document_fields },
    { "email", ST_OBJECT, .fields = email_fields },
    { "id_number", ST_OBJECT, .fields = id_number_fields },
    ST_LIVEMODE_FIELD,
    { "options", ST_OBJECT, .fields = report_options_fields },
    { "phone", ST_OBJECT, .fields = phone_fields },
    { "selfie", ST_OBJECT, .fields = selfie_fields },
    { "type", ST_STRING, ST_REQUIRED | ST_OPEN, .values = verification_types },
    { "verification_flow", ST_STRING },
    { "verification_session", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_object report_object = { "identity.verification_report", "vr_", report_fields };

static const char *const requested_types[] = { "document", "id_number", NULL };

static const st_param report_list[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    ST_CREATED_PARAM,
    { "type", ST_STRING, ST_OPEN, .values = requested_types },
    { "verification_session", ST_STRING, ST_TEXT },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation report_operations[] = {
    { "retrieve", ST_GET, "/v1/identity/verification_reports/{report}",
      .returns = &report_object, .params = st_expand_only },
    { "list", ST_GET, "/v1/identity/verification_reports", ST_RETURNS_LIST,
      .returns = &report_object, .params = report_list, .rules = st_cursor_rules },
    { NULL }
};

/* Sessions: one person asked, until they are verified. */

static const char *const session_errors[] = {
    "abandoned", "consent_declined", "country_not_supported", "device_not_supported",
    "document_expired", "document_type_not_supported", "document_unverified_other",
    "email_unverified_other", "email_verification_declined",
    "id_number_insufficient_document_data", "id_number_mismatch", "id_number_unverified_other",
    "phone_unverified_other", "phone_verification_declined", "selfie_document_missing_photo",
    "selfie_face_mismatch", "selfie_manipulated", "selfie_unverified_other",
    "under_supported_age", NULL
};

static const st_field session_error_fields[] = {
    { "code", ST_STRING, ST_OR_NULL | ST_OPEN, .values = session_errors },
    { "reason", ST_STRING, ST_OR_NULL },
    { NULL }
};

static const st_field contact_options_fields[] = {
    { "require_verification", ST_BOOLEAN },
    { NULL }
};

static const char *const matching_rules[] = { "none", "similar", NULL };

static const st_field matching_options_fields[] = {
    { "dob", ST_STRING, ST_OPEN, .values = matching_rules },
    { "name", ST_STRING, ST_OPEN, .values = matching_rules },
    { NULL }
};

static const st_field session_options_fields[] = {
    { "document", ST_OBJECT, .fields = document_options_fields },
    { "email", ST_OBJECT, .fields = contact_options_fields },
    { "id_number", ST_OBJECT, ST_FREE },
    { "matching", ST_OBJECT, .fields = matching_options_fields },
    { "phone", ST_OBJECT, .fields = contact_options_fields },
    { NULL }
};

static const st_field provided_details_fields[] = {
    { "email", ST_STRING },
    { "phone", ST_STRING },
    { NULL }
};

static const char *const redaction_statuses[] = { "processing", "redacted", "validated", NULL };

static const st_field redaction_fields[] = {
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = redaction_statuses },
    { NULL }
};

static const st_field related_person_fields[] = {
    { "account", ST_STRING, ST_REQUIRED },
    { "person", ST_STRING, ST_REQUIRED },
    { NULL }
};

static const char *const session_statuses[] = {
    "canceled", "processing", "requires_input", "verified", NULL
};

static const st_field verified_outputs_fields[] = {
    { "address", ST_OBJECT, ST_OR_NULL, .fields = address_fields },
    { "dob", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN, .fields = date_fields },
    { "email", ST_STRING, ST_OR_NULL },
    { "first_name", ST_STRING, ST_OR_NULL },
    { "id_number", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { "id_number_type", ST_STRING, ST_OR_NULL | ST_OPEN, .values = id_number_types },
    { "last_name", ST_STRING, ST_OR_NULL },
    { "phone", ST_STRING, ST_OR_NULL },
    { "sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_OPEN, .values = sexes },
    { "unparsed_place_of_birth", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { "unparsed_sex", ST_STRING, ST_NULLABLE | ST_EXPAND_HIDDEN },
    { NULL }
};

/* Whoever has the client secret or the url can answer in the person's place. */
static const st_field session_fields[] = {
    ST_OBJECT_FIELDS,
    { "client_reference_id", ST_STRING, ST_OR_NULL },
    { "client_secret", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    ST_CREATED_FIELD,
    { "last_error", ST_OBJECT, ST_OR_NULL, .fields = session_error_fields },
    { "last_verification_report", ST_STRING, ST_OR_NULL | ST_EXPAND_ID,
      .object = &report_object },
    ST_LIVEMODE_FIELD,
    ST_METADATA_FIELD(ST_REQUIRED),
    { "options", ST_OBJECT, ST_OR_NULL, .fields = session_options_fields },
    { "provided_details", ST_OBJECT, ST_NULLABLE | ST_SENSITIVE,
      .fields = provided_details_fields },
    { "redaction", ST_OBJECT, ST_OR_NULL, .fields = redaction_fields },
    { "related_customer", ST_STRING, ST_OR_NULL },
    { "related_customer_account", ST_STRING, ST_OR_NULL },
    { "related_person", ST_OBJECT, .fields = related_person_fields },
    { "status", ST_STRING, ST_REQUIRED | ST_OPEN, .values = session_statuses },
    { "type", ST_STRING, ST_REQUIRED | ST_OPEN, .values = verification_types },
    { "url", ST_STRING, ST_OR_NULL | ST_SENSITIVE },
    { "verification_flow", ST_STRING },
    { "verified_outputs", ST_OBJECT, ST_NULLABLE | ST_EXPAND_HIDDEN | ST_SENSITIVE,
      .fields = verified_outputs_fields },
    { NULL }
};

static const st_object session_object = { "identity.verification_session", "vs_", session_fields };

static const st_param document_type_item[] = {
    { "", ST_STRING, ST_OPEN, .values = document_types }
};

static const st_param document_options_params[] = {
    { "allowed_types", ST_ARRAY, .item = document_type_item },
    { "require_id_number", ST_BOOLEAN },
    { "require_live_capture", ST_BOOLEAN },
    { "require_matching_selfie", ST_BOOLEAN },
    { NULL }
};

static const st_param options_params[] = {
    { "document", ST_OBJECT, ST_CLEARABLE, .params = document_options_params },
    { NULL }
};

static const st_param provided_details_params[] = {
    { "email", ST_STRING },
    { "phone", ST_STRING },
    { NULL }
};

static const st_param related_person_params[] = {
    { "account", ST_STRING, ST_REQUIRED, ST_TEXT },
    { "person", ST_STRING, ST_REQUIRED, ST_TEXT },
    { NULL }
};

static const st_param session_create[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "options", ST_OBJECT, .params = options_params },
    { "provided_details", ST_OBJECT, ST_SENSITIVE, .params = provided_details_params },
    { "related_customer", ST_STRING, ST_TEXT },
    { "related_customer_account", ST_STRING, ST_TEXT },
    { "related_person", ST_OBJECT, .params = related_person_params },
    { "return_url", ST_STRING },
    { "type", ST_STRING, ST_OPEN, .values = requested_types },
    { "verification_flow", ST_STRING, ST_TEXT },
    { NULL }
};

/* A flow brings its own type. */
static const st_rule session_create_rules[] = {
    { { "type", "verification_flow" }, ST_AT_LEAST_ONE },
    { { NULL } }
};

static const st_param session_update[] = {
    ST_EXPAND_PARAM,
    ST_METADATA_PARAM,
    { "options", ST_OBJECT, .params = options_params },
    { "provided_details", ST_OBJECT, ST_SENSITIVE, .params = provided_details_params },
    { "type", ST_STRING, ST_OPEN, .values = requested_types },
    { NULL }
};

static const st_param session_list[] = {
    { "client_reference_id", ST_STRING, ST_TEXT },
    ST_CREATED_PARAM,
    { "related_customer", ST_STRING, ST_TEXT },
    { "related_customer_account", ST_STRING, ST_TEXT },
    { "status", ST_STRING, ST_OPEN, .values = session_statuses },
    ST_LIST_PARAMS,
    { NULL }
};

static const st_operation session_operations[] = {
    { "create", ST_POST, "/v1/identity/verification_sessions",
      .returns = &session_object, .params = session_create, .rules = session_create_rules },
    { "retrieve", ST_GET, "/v1/identity/verification_sessions/{session}",
      .returns = &session_object, .params = st_expand_only },
    { "update", ST_POST, "/v1/identity/verification_sessions/{session}",
      .returns = &session_object, .params = session_update },
    { "list", ST_GET, "/v1/identity/verification_sessions", ST_RETURNS_LIST,
      .returns = &session_object, .params = session_list, .rules = st_cursor_rules },
    { "cancel", ST_POST, "/v1/identity/verification_sessions/{session}/cancel",
      .returns = &session_object, .params = st_expand_only },
    { "redact", ST_POST, "/v1/identity/verification_sessions/{session}/redact",
      .returns = &session_object, .params = st_expand_only },
    { NULL }
};

const st_resource st_identity[] = {
    { "identity.verification_sessions", &session_object, NULL, session_operations },
    { "identity.verification_reports", &report_object, NULL, report_operations },
    { NULL }
};
