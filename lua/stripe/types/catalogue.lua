---@meta stripe.types
-- Written by scripts/types.lua from the catalogue; `make types` writes it again.

---@class stripe.null

---What a call answered. Read from it after success, or beside an error.
---@class stripe.response
---@field status integer
---@field headers table<string, string> by lower-case name
---@field request_id string?
---@field idempotency_key string?
---@field replayed boolean an earlier request with this key was answered again
---@field attempts stripe.attempt[]
---@field notice string?
---@field error stripe.error? of the call, if it failed
---@field observer_error any what an observer threw

---@class stripe.attempt
---@field n integer
---@field status integer?
---@field failure string?
---@field request_id string?
---@field started number seconds, on the driver's clock
---@field duration number seconds
---@field slept number seconds waited before it

---@class stripe.error
---@field type "invalid_request_error"|"card_error"|"authentication_error"|"permission_error"|"rate_limit_error"|"idempotency_error"|"api_error"|"connection_error"|"validation_error"|"signature_error"|"lua_error"|"journal_error"|"workflow_error"
---@field message string
---@field code string?
---@field param string?
---@field status integer?
---@field request_id string?
---@field doc_url string?
---@field decline_code string?
---@field operation string?
---@field method string?
---@field path string?
---@field idempotency_key string?
---@field attempts stripe.attempt[]
---@field retryable boolean
---@field sent "no"|"maybe"|"yes"
---@field raw any redacted

---@class stripe.call_options
---@field api_key string?
---@field api_version string?
---@field account string|false?
---@field context string|false?
---@field idempotency_key string?
---@field timeout number? seconds, per attempt
---@field deadline number|false? seconds, for the whole call
---@field max_retries integer?
---@field headers table<string, string>?
---@field validate boolean|"strict"?
---@field dry_run boolean?
---@field cancel table? a stripe.canceller()
---@field oauth_token string?
---@field progress fun(done: integer, total: integer?)?
---@field host "api"|"files"?
---@field quotes_path boolean|string? of client.crypto.onramp_quotes: true for the other path

---@class stripe.each_options
---@field max_items integer?
---@field prefetch boolean?

---A table with one of path and content (name and type may stand beside it), or an io handle.
---@alias stripe.upload table|file*

---@class stripe.identity.verification_session
---@field id string
---@field object string
---@field client_reference_id string?
---@field client_secret string? sensitive
---@field created integer Unix time
---@field last_error stripe.identity.verification_session.last_error?
---@field last_verification_report string|stripe.identity.verification_report?
---@field livemode boolean
---@field metadata table<string, string>
---@field options stripe.identity.verification_session.options?
---@field provided_details stripe.identity.verification_session.provided_details? sensitive
---@field redaction stripe.identity.verification_session.redaction?
---@field related_customer string?
---@field related_customer_account string?
---@field related_person stripe.identity.verification_session.related_person?
---@field status "canceled"|"processing"|"requires_input"|"verified"|string
---@field type "document"|"id_number"|"verification_flow"|string
---@field url string? sensitive
---@field verification_flow string?
---@field verified_outputs stripe.identity.verification_session.verified_outputs? only when expanded, sensitive

---@class stripe.identity.verification_session.last_error
---@field code "abandoned"|"consent_declined"|"country_not_supported"|"device_not_supported"|"document_expired"|"document_type_not_supported"|"document_unverified_other"|"email_unverified_other"|"email_verification_declined"|"id_number_insufficient_document_data"|"id_number_mismatch"|"id_number_unverified_other"|"phone_unverified_other"|"phone_verification_declined"|"selfie_document_missing_photo"|"selfie_face_mismatch"|"selfie_manipulated"|"selfie_unverified_other"|"under_supported_age"|string?
---@field reason string?

---@class stripe.identity.verification_session.options
---@field document stripe.identity.verification_session.options.document?
---@field email stripe.identity.verification_session.options.email?
---@field id_number table?
---@field matching stripe.identity.verification_session.options.matching?
---@field phone stripe.identity.verification_session.options.phone?

---@class stripe.identity.verification_session.provided_details
---@field email string?
---@field phone string?

---@class stripe.identity.verification_session.redaction
---@field status "processing"|"redacted"|"validated"|string

---@class stripe.identity.verification_session.related_person
---@field account string
---@field person string

---@class stripe.identity.verification_session.verified_outputs
---@field address stripe.identity.verification_session.verified_outputs.address?
---@field dob stripe.identity.verification_session.verified_outputs.dob? only when expanded
---@field email string?
---@field first_name string?
---@field id_number string? only when expanded
---@field id_number_type "br_cpf"|"sg_nric"|"us_ssn"|string?
---@field last_name string?
---@field phone string?
---@field sex "[redacted]"|"female"|"male"|"unknown"|string? only when expanded
---@field unparsed_place_of_birth string? only when expanded
---@field unparsed_sex string? only when expanded

---@class stripe.identity.verification_session.options.document
---@field allowed_types ("driving_license"|"id_card"|"passport"|string)[]?
---@field require_id_number boolean?
---@field require_live_capture boolean?
---@field require_matching_selfie boolean?

---@class stripe.identity.verification_session.options.email
---@field require_verification boolean?

---@class stripe.identity.verification_session.options.matching
---@field dob "none"|"similar"|string?
---@field name "none"|"similar"|string?

---@class stripe.identity.verification_session.options.phone
---@field require_verification boolean?

---@class stripe.identity.verification_session.verified_outputs.address
---@field city string?
---@field country string?
---@field line1 string?
---@field line2 string?
---@field postal_code string?
---@field state string?

---@class stripe.identity.verification_session.verified_outputs.dob
---@field day integer?
---@field month integer?
---@field year integer?

---@class stripe.page.identity.verification_session
---@field object "list"
---@field data stripe.identity.verification_session[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.identity.verification_session?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.identity.verification_session?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.identity.verification_session|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.identity.verification_session[]?, stripe.error?, stripe.identity.verification_session[]?

---@class stripe.identity.verification_sessions.create
---@field client_reference_id string?
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field options stripe.identity.verification_sessions.create.options?
---@field provided_details stripe.identity.verification_sessions.create.provided_details? sensitive
---@field related_customer string?
---@field related_customer_account string?
---@field related_person stripe.identity.verification_sessions.create.related_person?
---@field return_url string?
---@field type "document"|"id_number"|string?
---@field verification_flow string?

---@class stripe.identity.verification_sessions.create.options
---@field document stripe.identity.verification_sessions.create.options.document|""|stripe.null?

---@class stripe.identity.verification_sessions.create.provided_details
---@field email string?
---@field phone string?

---@class stripe.identity.verification_sessions.create.related_person
---@field account string
---@field person string

---@class stripe.identity.verification_sessions.create.options.document
---@field allowed_types ("driving_license"|"id_card"|"passport"|string)[]?
---@field require_id_number boolean?
---@field require_live_capture boolean?
---@field require_matching_selfie boolean?

---@class stripe.identity.verification_sessions.retrieve
---@field expand string[]?

---@class stripe.identity.verification_sessions.update
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field options stripe.identity.verification_sessions.update.options?
---@field provided_details stripe.identity.verification_sessions.update.provided_details? sensitive
---@field type "document"|"id_number"|string?

---@class stripe.identity.verification_sessions.update.options
---@field document stripe.identity.verification_sessions.update.options.document|""|stripe.null?

---@class stripe.identity.verification_sessions.update.provided_details
---@field email string?
---@field phone string?

---@class stripe.identity.verification_sessions.update.options.document
---@field allowed_types ("driving_license"|"id_card"|"passport"|string)[]?
---@field require_id_number boolean?
---@field require_live_capture boolean?
---@field require_matching_selfie boolean?

---@class stripe.identity.verification_sessions.list
---@field client_reference_id string?
---@field created stripe.identity.verification_sessions.list.created|integer?
---@field related_customer string?
---@field related_customer_account string?
---@field status "canceled"|"processing"|"requires_input"|"verified"|string?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.identity.verification_sessions.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.identity.verification_sessions.cancel
---@field expand string[]?

---@class stripe.identity.verification_sessions.redact
---@field expand string[]?

---@class stripe.resource.identity.verification_sessions
---@field create fun(self, params: stripe.identity.verification_sessions.create?, options: stripe.call_options?): stripe.identity.verification_session?, stripe.error?, stripe.response?
---@field retrieve fun(self, session: string, params: stripe.identity.verification_sessions.retrieve?, options: stripe.call_options?): stripe.identity.verification_session?, stripe.error?, stripe.response?
---@field update fun(self, session: string, params: stripe.identity.verification_sessions.update?, options: stripe.call_options?): stripe.identity.verification_session?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.identity.verification_sessions.list?, options: stripe.call_options?): stripe.page.identity.verification_session?, stripe.error?, stripe.response?
---@field cancel fun(self, session: string, params: stripe.identity.verification_sessions.cancel?, options: stripe.call_options?): stripe.identity.verification_session?, stripe.error?, stripe.response?
---@field redact fun(self, session: string, params: stripe.identity.verification_sessions.redact?, options: stripe.call_options?): stripe.identity.verification_session?, stripe.error?, stripe.response?

---@class stripe.identity.verification_report
---@field id string
---@field object string
---@field client_reference_id string?
---@field created integer Unix time
---@field document stripe.identity.verification_report.document?
---@field email stripe.identity.verification_report.email?
---@field id_number stripe.identity.verification_report.id_number?
---@field livemode boolean
---@field options stripe.identity.verification_report.options?
---@field phone stripe.identity.verification_report.phone?
---@field selfie stripe.identity.verification_report.selfie?
---@field type "document"|"id_number"|"verification_flow"|string
---@field verification_flow string?
---@field verification_session string?

---@class stripe.identity.verification_report.document
---@field address stripe.identity.verification_report.document.address? sensitive
---@field dob stripe.identity.verification_report.document.dob? only when expanded, sensitive
---@field error stripe.identity.verification_report.document.error?
---@field expiration_date stripe.identity.verification_report.document.expiration_date? only when expanded, sensitive
---@field files string[]? sensitive
---@field first_name string? sensitive
---@field issued_date stripe.identity.verification_report.document.issued_date? sensitive
---@field issuing_country string? sensitive
---@field last_name string? sensitive
---@field number string? only when expanded, sensitive
---@field sex "[redacted]"|"female"|"male"|"unknown"|string? only when expanded, sensitive
---@field status "unverified"|"verified"|string
---@field type "driving_license"|"id_card"|"passport"|string?
---@field unparsed_place_of_birth string? only when expanded, sensitive
---@field unparsed_sex string? only when expanded, sensitive

---@class stripe.identity.verification_report.email
---@field email string? sensitive
---@field error stripe.identity.verification_report.email.error?
---@field status "unverified"|"verified"|string

---@class stripe.identity.verification_report.id_number
---@field dob stripe.identity.verification_report.id_number.dob? only when expanded, sensitive
---@field error stripe.identity.verification_report.id_number.error?
---@field first_name string? sensitive
---@field id_number string? only when expanded, sensitive
---@field id_number_type "br_cpf"|"sg_nric"|"us_ssn"|string?
---@field last_name string? sensitive
---@field status "unverified"|"verified"|string

---@class stripe.identity.verification_report.options
---@field document stripe.identity.verification_report.options.document?
---@field id_number table?

---@class stripe.identity.verification_report.phone
---@field phone string? sensitive
---@field error stripe.identity.verification_report.phone.error?
---@field status "unverified"|"verified"|string

---@class stripe.identity.verification_report.selfie
---@field document string? sensitive
---@field error stripe.identity.verification_report.selfie.error?
---@field selfie string? sensitive
---@field status "unverified"|"verified"|string

---@class stripe.identity.verification_report.document.address
---@field city string?
---@field country string?
---@field line1 string?
---@field line2 string?
---@field postal_code string?
---@field state string?

---@class stripe.identity.verification_report.document.dob
---@field day integer?
---@field month integer?
---@field year integer?

---@class stripe.identity.verification_report.document.error
---@field code "document_expired"|"document_type_not_supported"|"document_unverified_other"|string?
---@field reason string?

---@class stripe.identity.verification_report.document.expiration_date
---@field day integer?
---@field month integer?
---@field year integer?

---@class stripe.identity.verification_report.document.issued_date
---@field day integer?
---@field month integer?
---@field year integer?

---@class stripe.identity.verification_report.email.error
---@field code "email_unverified_other"|"email_verification_declined"|string?
---@field reason string?

---@class stripe.identity.verification_report.id_number.dob
---@field day integer?
---@field month integer?
---@field year integer?

---@class stripe.identity.verification_report.id_number.error
---@field code "id_number_insufficient_document_data"|"id_number_mismatch"|"id_number_unverified_other"|string?
---@field reason string?

---@class stripe.identity.verification_report.options.document
---@field allowed_types ("driving_license"|"id_card"|"passport"|string)[]?
---@field require_id_number boolean?
---@field require_live_capture boolean?
---@field require_matching_selfie boolean?

---@class stripe.identity.verification_report.phone.error
---@field code "phone_unverified_other"|"phone_verification_declined"|string?
---@field reason string?

---@class stripe.identity.verification_report.selfie.error
---@field code "selfie_document_missing_photo"|"selfie_face_mismatch"|"selfie_manipulated"|"selfie_unverified_other"|string?
---@field reason string?

---@class stripe.page.identity.verification_report
---@field object "list"
---@field data stripe.identity.verification_report[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.identity.verification_report?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.identity.verification_report?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.identity.verification_report|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.identity.verification_report[]?, stripe.error?, stripe.identity.verification_report[]?

---@class stripe.identity.verification_reports.retrieve
---@field expand string[]?

---@class stripe.identity.verification_reports.list
---@field client_reference_id string?
---@field created stripe.identity.verification_reports.list.created|integer?
---@field type "document"|"id_number"|string?
---@field verification_session string?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.identity.verification_reports.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.resource.identity.verification_reports
---@field retrieve fun(self, report: string, params: stripe.identity.verification_reports.retrieve?, options: stripe.call_options?): stripe.identity.verification_report?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.identity.verification_reports.list?, options: stripe.call_options?): stripe.page.identity.verification_report?, stripe.error?, stripe.response?

---@class stripe.crypto.onramp_session
---@field id string
---@field object string
---@field client_secret string sensitive
---@field created integer Unix time
---@field kyc_details_provided boolean
---@field livemode boolean
---@field metadata table<string, string>?
---@field redirect_url string? sensitive
---@field status string
---@field transaction_details stripe.crypto.onramp_session.transaction_details

---@class stripe.crypto.onramp_session.transaction_details
---@field destination_amount string? exact decimal
---@field destination_currencies ("avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string)[]?
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string?
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string?
---@field destination_networks ("avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string)[]?
---@field fees stripe.crypto.onramp_session.transaction_details.fees?
---@field lock_wallet_address boolean?
---@field settlement_speed "instant"|"standard"|string?
---@field source_amount string? exact decimal
---@field source_currency "cad"|"cop"|"eur"|"gbp"|"php"|"usd"|string?
---@field transaction_id string?
---@field wallet_address string? sensitive
---@field wallet_addresses stripe.crypto.onramp_session.transaction_details.wallet_addresses? sensitive
---@field last_error string?

---@class stripe.crypto.onramp_session.transaction_details.fees
---@field network_fee_amount string? exact decimal
---@field transaction_fee_amount string? exact decimal

---@class stripe.crypto.onramp_session.transaction_details.wallet_addresses
---@field avalanche string?
---@field base_network string?
---@field bitcoin string?
---@field celo string?
---@field ethereum string?
---@field optimism string?
---@field polygon string?
---@field solana string?
---@field stellar string?
---@field sui string?
---@field tempo string?
---@field worldchain string?
---@field destination_tags stripe.crypto.onramp_session.transaction_details.wallet_addresses.destination_tags?

---@class stripe.crypto.onramp_session.transaction_details.wallet_addresses.destination_tags
---@field stellar string?

---@class stripe.page.crypto.onramp_session
---@field object "list"
---@field data stripe.crypto.onramp_session[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.crypto.onramp_session?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.crypto.onramp_session?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.crypto.onramp_session|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.crypto.onramp_session[]?, stripe.error?, stripe.crypto.onramp_session[]?

---@class stripe.crypto.onramp_sessions.create
---@field crypto_customer_id string?
---@field customer_information stripe.crypto.onramp_sessions.create.customer_information? sensitive
---@field customer_ip_address string? sensitive
---@field destination_amount string|number? exact decimal
---@field destination_currencies ("avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string)[]?
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string?
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string?
---@field destination_networks ("avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string)[]?
---@field expand string[]?
---@field kyc_details table? sensitive
---@field lock_wallet_address boolean?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field payment_token string? sensitive
---@field settlement_speed "instant"|"standard"|string?
---@field source_amount string|number? exact decimal
---@field source_currency "cad"|"cop"|"eur"|"gbp"|"php"|"usd"|string?
---@field ui_mode "headless"|string?
---@field wallet_address string? sensitive
---@field wallet_addresses stripe.crypto.onramp_sessions.create.wallet_addresses? sensitive

---@class stripe.crypto.onramp_sessions.create.customer_information
---@field email string?
---@field first_name string?
---@field last_name string?
---@field dob stripe.crypto.onramp_sessions.create.customer_information.dob?
---@field address stripe.crypto.onramp_sessions.create.customer_information.address?

---@class stripe.crypto.onramp_sessions.create.wallet_addresses
---@field avalanche string?
---@field bitcoin string?
---@field celo string?
---@field ethereum string?
---@field optimism string?
---@field polygon string?
---@field solana string?
---@field stellar string?
---@field sui string?
---@field tempo string?
---@field worldchain string?
---@field base_network string?
---@field destination_tags stripe.crypto.onramp_sessions.create.wallet_addresses.destination_tags?

---@class stripe.crypto.onramp_sessions.create.customer_information.dob
---@field year integer
---@field month integer
---@field day integer

---@class stripe.crypto.onramp_sessions.create.customer_information.address
---@field country string?
---@field line1 string?
---@field line2 string?
---@field city string?
---@field state string?
---@field postal_code string?

---@class stripe.crypto.onramp_sessions.create.wallet_addresses.destination_tags
---@field stellar string?

---@class stripe.crypto.onramp_sessions.retrieve
---@field expand string[]?

---@class stripe.crypto.onramp_sessions.list
---@field created stripe.crypto.onramp_sessions.list.created|integer?
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string?
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string?
---@field status "fulfillment_complete"|"fulfillment_processing"|"initialized"|"rejected"|"requires_payment"?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.crypto.onramp_sessions.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.crypto.onramp_sessions.quote
---@field expand string[]?

---@class stripe.crypto.onramp_sessions.checkout
---@field expand string[]?
---@field mandate_data stripe.crypto.onramp_sessions.checkout.mandate_data? sensitive

---@class stripe.crypto.onramp_sessions.checkout.mandate_data
---@field customer_acceptance stripe.crypto.onramp_sessions.checkout.mandate_data.customer_acceptance

---@class stripe.crypto.onramp_sessions.checkout.mandate_data.customer_acceptance
---@field accepted_at integer? Unix time
---@field offline table?
---@field online stripe.crypto.onramp_sessions.checkout.mandate_data.customer_acceptance.online?
---@field type "offline"|"online"

---@class stripe.crypto.onramp_sessions.checkout.mandate_data.customer_acceptance.online
---@field ip_address string
---@field user_agent string

---@class stripe.resource.crypto.onramp_sessions
---@field create fun(self, params: stripe.crypto.onramp_sessions.create?, options: stripe.call_options?): stripe.crypto.onramp_session?, stripe.error?, stripe.response?
---@field retrieve fun(self, id: string, params: stripe.crypto.onramp_sessions.retrieve?, options: stripe.call_options?): stripe.crypto.onramp_session?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.crypto.onramp_sessions.list?, options: stripe.call_options?): stripe.page.crypto.onramp_session?, stripe.error?, stripe.response?
---@field quote fun(self, id: string, params: stripe.crypto.onramp_sessions.quote?, options: stripe.call_options?): stripe.crypto.onramp_session?, stripe.error?, stripe.response?
---@field checkout fun(self, id: string, params: stripe.crypto.onramp_sessions.checkout?, options: stripe.call_options?): stripe.crypto.onramp_session?, stripe.error?, stripe.response?

---@class stripe.crypto.onramp.quotes
---@field id string
---@field object string?
---@field destination_network_quotes stripe.crypto.onramp.quotes.destination_network_quotes
---@field livemode boolean
---@field rate_fetched_at number
---@field source_amount string exact decimal
---@field source_currency "eur"|"usd"|string

---@class stripe.crypto.onramp.quotes.destination_network_quotes
---@field avalanche stripe.crypto.onramp.quotes.destination_network_quotes.avalanche_item[]?
---@field base_network stripe.crypto.onramp.quotes.destination_network_quotes.base_network_item[]?
---@field bitcoin stripe.crypto.onramp.quotes.destination_network_quotes.bitcoin_item[]?
---@field ethereum stripe.crypto.onramp.quotes.destination_network_quotes.ethereum_item[]?
---@field optimism stripe.crypto.onramp.quotes.destination_network_quotes.optimism_item[]?
---@field polygon stripe.crypto.onramp.quotes.destination_network_quotes.polygon_item[]?
---@field solana stripe.crypto.onramp.quotes.destination_network_quotes.solana_item[]?
---@field stellar stripe.crypto.onramp.quotes.destination_network_quotes.stellar_item[]?
---@field worldchain stripe.crypto.onramp.quotes.destination_network_quotes.worldchain_item[]?

---@class stripe.crypto.onramp.quotes.destination_network_quotes.avalanche_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.avalanche_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.base_network_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.base_network_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.bitcoin_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.bitcoin_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.ethereum_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.ethereum_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.optimism_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.optimism_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.polygon_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.polygon_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.solana_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.solana_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.stellar_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.stellar_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.worldchain_item
---@field id string
---@field destination_amount string exact decimal
---@field destination_currency "avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string
---@field destination_network "avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string
---@field fees stripe.crypto.onramp.quotes.destination_network_quotes.worldchain_item.fees
---@field source_total_amount string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.avalanche_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.base_network_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.bitcoin_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.ethereum_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.optimism_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.polygon_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.solana_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.stellar_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.crypto.onramp.quotes.destination_network_quotes.worldchain_item.fees
---@field network_fee_monetary string exact decimal
---@field transaction_fee_monetary string exact decimal

---@class stripe.page.crypto.onramp.quotes
---@field object "list"
---@field data stripe.crypto.onramp.quotes[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.crypto.onramp.quotes?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.crypto.onramp.quotes?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.crypto.onramp.quotes|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.crypto.onramp.quotes[]?, stripe.error?, stripe.crypto.onramp.quotes[]?

---@class stripe.crypto.onramp_quotes.retrieve
---@field destination_amount string|number? exact decimal
---@field destination_currencies ("avax"|"btc"|"eth"|"matic"|"ripusd"|"sol"|"usdc"|"usdt"|"wld"|"xlm"|string)[]?
---@field expand string[]?
---@field destination_networks ("avalanche"|"base"|"bitcoin"|"celo"|"ethereum"|"optimism"|"polygon"|"solana"|"stellar"|"sui"|"tempo"|"worldchain"|string)[]?
---@field source_amount string|number? exact decimal
---@field source_currency "eur"|"usd"|string?

---@class stripe.resource.crypto.onramp_quotes
---@field retrieve fun(self, params: stripe.crypto.onramp_quotes.retrieve?, options: stripe.call_options?): stripe.crypto.onramp.quotes?, stripe.error?, stripe.response?

---@class stripe.climate.order
---@field id string
---@field object string
---@field amount_fees integer
---@field amount_subtotal integer
---@field amount_total integer
---@field beneficiary stripe.climate.order.beneficiary?
---@field canceled_at integer? Unix time
---@field cancellation_reason "expired"|"product_unavailable"|"requested"|string?
---@field certificate string?
---@field confirmed_at integer? Unix time
---@field created integer Unix time
---@field currency string
---@field delayed_at integer? Unix time
---@field delivered_at integer? Unix time
---@field delivery_details stripe.climate.order.delivery_details_item[]
---@field expected_delivery_year integer
---@field livemode boolean
---@field metadata table<string, string>
---@field metric_tons string exact decimal
---@field product string|stripe.climate.product
---@field product_substituted_at integer? Unix time
---@field status "awaiting_funds"|"canceled"|"confirmed"|"delivered"|"open"|string

---@class stripe.climate.order.beneficiary
---@field public_name string

---@class stripe.climate.order.delivery_details_item
---@field delivered_at integer Unix time
---@field location stripe.climate.order.delivery_details_item.location?
---@field metric_tons string exact decimal
---@field registry_url string?
---@field supplier stripe.climate.supplier

---@class stripe.climate.order.delivery_details_item.location
---@field city string?
---@field country string
---@field latitude number?
---@field longitude number?
---@field region string?

---@class stripe.page.climate.order
---@field object "list"
---@field data stripe.climate.order[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.climate.order?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.climate.order?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.climate.order|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.climate.order[]?, stripe.error?, stripe.climate.order[]?

---@class stripe.climate.orders.create
---@field amount integer?
---@field beneficiary stripe.climate.orders.create.beneficiary?
---@field currency string?
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field metric_tons string|number? exact decimal
---@field product string

---@class stripe.climate.orders.create.beneficiary
---@field public_name string

---@class stripe.climate.orders.retrieve
---@field expand string[]?

---@class stripe.climate.orders.update
---@field beneficiary stripe.climate.orders.update.beneficiary|""|stripe.null?
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?

---@class stripe.climate.orders.update.beneficiary
---@field public_name string|""|stripe.null

---@class stripe.climate.orders.list
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.climate.orders.cancel
---@field expand string[]?

---@class stripe.resource.climate.orders
---@field create fun(self, params: stripe.climate.orders.create?, options: stripe.call_options?): stripe.climate.order?, stripe.error?, stripe.response?
---@field retrieve fun(self, order: string, params: stripe.climate.orders.retrieve?, options: stripe.call_options?): stripe.climate.order?, stripe.error?, stripe.response?
---@field update fun(self, order: string, params: stripe.climate.orders.update?, options: stripe.call_options?): stripe.climate.order?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.climate.orders.list?, options: stripe.call_options?): stripe.page.climate.order?, stripe.error?, stripe.response?
---@field cancel fun(self, order: string, params: stripe.climate.orders.cancel?, options: stripe.call_options?): stripe.climate.order?, stripe.error?, stripe.response?

---@class stripe.climate.product
---@field id string
---@field object string
---@field created integer Unix time
---@field current_prices_per_metric_ton table<string, stripe.climate.product.current_prices_per_metric_ton_value>
---@field delivery_year integer?
---@field livemode boolean
---@field metric_tons_available string exact decimal
---@field name string
---@field suppliers stripe.climate.supplier[]

---@class stripe.climate.product.current_prices_per_metric_ton_value
---@field amount_fees integer
---@field amount_subtotal integer
---@field amount_total integer

---@class stripe.page.climate.product
---@field object "list"
---@field data stripe.climate.product[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.climate.product?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.climate.product?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.climate.product|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.climate.product[]?, stripe.error?, stripe.climate.product[]?

---@class stripe.climate.products.retrieve
---@field expand string[]?

---@class stripe.climate.products.list
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.resource.climate.products
---@field retrieve fun(self, product: string, params: stripe.climate.products.retrieve?, options: stripe.call_options?): stripe.climate.product?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.climate.products.list?, options: stripe.call_options?): stripe.page.climate.product?, stripe.error?, stripe.response?

---@class stripe.climate.supplier
---@field id string
---@field object string
---@field info_url string
---@field livemode boolean
---@field locations stripe.climate.supplier.locations_item[]
---@field name string
---@field removal_pathway "biomass_carbon_removal_and_storage"|"direct_air_capture"|"enhanced_weathering"|"marine_carbon_removal"|string

---@class stripe.climate.supplier.locations_item
---@field city string?
---@field country string
---@field latitude number?
---@field longitude number?
---@field region string?

---@class stripe.page.climate.supplier
---@field object "list"
---@field data stripe.climate.supplier[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.climate.supplier?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.climate.supplier?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.climate.supplier|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.climate.supplier[]?, stripe.error?, stripe.climate.supplier[]?

---@class stripe.climate.suppliers.retrieve
---@field expand string[]?

---@class stripe.climate.suppliers.list
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.resource.climate.suppliers
---@field retrieve fun(self, supplier: string, params: stripe.climate.suppliers.retrieve?, options: stripe.call_options?): stripe.climate.supplier?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.climate.suppliers.list?, options: stripe.call_options?): stripe.page.climate.supplier?, stripe.error?, stripe.response?

---@class stripe.forwarding.request
---@field id string
---@field object string
---@field created integer Unix time
---@field livemode boolean
---@field metadata table<string, string>?
---@field payment_method string
---@field replacements ("card_cvc"|"card_expiry"|"card_number"|"cardholder_name"|"request_signature"|string)[]
---@field request_context stripe.forwarding.request.request_context?
---@field request_details stripe.forwarding.request.request_details?
---@field response_details stripe.forwarding.request.response_details?
---@field url string?

---@class stripe.forwarding.request.request_context
---@field destination_duration integer
---@field destination_ip_address string

---@class stripe.forwarding.request.request_details
---@field body string sensitive
---@field headers stripe.forwarding.request.request_details.headers_item[]
---@field http_method "POST"

---@class stripe.forwarding.request.response_details
---@field body string sensitive
---@field headers stripe.forwarding.request.response_details.headers_item[]
---@field status integer

---@class stripe.forwarding.request.request_details.headers_item
---@field name string
---@field value string sensitive

---@class stripe.forwarding.request.response_details.headers_item
---@field name string
---@field value string sensitive

---@class stripe.page.forwarding.request
---@field object "list"
---@field data stripe.forwarding.request[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.forwarding.request?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.forwarding.request?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.forwarding.request|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.forwarding.request[]?, stripe.error?, stripe.forwarding.request[]?

---@class stripe.forwarding.requests.create
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field payment_method string
---@field replacements ("card_cvc"|"card_expiry"|"card_number"|"cardholder_name"|"request_signature"|string)[]
---@field request stripe.forwarding.requests.create.request
---@field url string

---@class stripe.forwarding.requests.create.request
---@field body string? sensitive
---@field headers stripe.forwarding.requests.create.request.headers_item[]?

---@class stripe.forwarding.requests.create.request.headers_item
---@field name string
---@field value string sensitive

---@class stripe.forwarding.requests.retrieve
---@field expand string[]?

---@class stripe.forwarding.requests.list
---@field created stripe.forwarding.requests.list.created?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.forwarding.requests.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.resource.forwarding.requests
---@field create fun(self, params: stripe.forwarding.requests.create?, options: stripe.call_options?): stripe.forwarding.request?, stripe.error?, stripe.response?
---@field retrieve fun(self, id: string, params: stripe.forwarding.requests.retrieve?, options: stripe.call_options?): stripe.forwarding.request?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.forwarding.requests.list?, options: stripe.call_options?): stripe.page.forwarding.request?, stripe.error?, stripe.response?

---@class stripe.webhook_endpoint
---@field id string
---@field object string
---@field api_version string?
---@field application string?
---@field created integer Unix time
---@field description string?
---@field enabled_events string[]
---@field livemode boolean
---@field metadata table<string, string>
---@field secret string? sensitive
---@field status string
---@field url string

---@class stripe.page.webhook_endpoint
---@field object "list"
---@field data stripe.webhook_endpoint[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.webhook_endpoint?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.webhook_endpoint?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.webhook_endpoint|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.webhook_endpoint[]?, stripe.error?, stripe.webhook_endpoint[]?

---@class stripe.webhook_endpoints.create
---@field api_version string?
---@field connect boolean?
---@field description string|""|stripe.null?
---@field enabled_events string[]
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field url string

---@class stripe.webhook_endpoints.retrieve
---@field expand string[]?

---@class stripe.webhook_endpoints.update
---@field description string|""|stripe.null?
---@field disabled boolean?
---@field enabled_events string[]?
---@field expand string[]?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?
---@field url string?

---@class stripe.webhook_endpoints.list
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.resource.webhook_endpoints
---@field create fun(self, params: stripe.webhook_endpoints.create?, options: stripe.call_options?): stripe.webhook_endpoint?, stripe.error?, stripe.response?
---@field retrieve fun(self, webhook_endpoint: string, params: stripe.webhook_endpoints.retrieve?, options: stripe.call_options?): stripe.webhook_endpoint?, stripe.error?, stripe.response?
---@field update fun(self, webhook_endpoint: string, params: stripe.webhook_endpoints.update?, options: stripe.call_options?): stripe.webhook_endpoint?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.webhook_endpoints.list?, options: stripe.call_options?): stripe.page.webhook_endpoint?, stripe.error?, stripe.response?
---@field delete fun(self, webhook_endpoint: string, params: table?, options: stripe.call_options?): stripe.webhook_endpoint?, stripe.error?, stripe.response?

---@class stripe.event
---@field id string
---@field object string
---@field account string?
---@field api_version string?
---@field context string?
---@field created integer Unix time
---@field data stripe.event.data
---@field livemode boolean
---@field pending_webhooks integer
---@field request stripe.event.request?
---@field type string

---@class stripe.event.data
---@field object table
---@field previous_attributes table?

---@class stripe.event.request
---@field id string?
---@field idempotency_key string?

---@class stripe.page.event
---@field object "list"
---@field data stripe.event[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.event?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.event?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.event|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.event[]?, stripe.error?, stripe.event[]?

---@class stripe.events.retrieve
---@field expand string[]?

---@class stripe.events.list
---@field created stripe.events.list.created|integer?
---@field delivery_success boolean?
---@field type string?
---@field types string[]?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.events.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.resource.events
---@field retrieve fun(self, id: string, params: stripe.events.retrieve?, options: stripe.call_options?): stripe.event?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.events.list?, options: stripe.call_options?): stripe.page.event?, stripe.error?, stripe.response?
---@field since fun(self, checkpoint: string|table|integer|nil, handler: table, options: table?): table?, stripe.error?, table?

---@class stripe.file
---@field id string
---@field object string
---@field created integer Unix time
---@field expires_at integer? Unix time
---@field filename string?
---@field links stripe.page.file_link?
---@field purpose "account_requirement"|"additional_verification"|"business_icon"|"business_logo"|"customer_signature"|"dispute_evidence"|"document_provider_identity_document"|"finance_report_run"|"financial_account_statement"|"identity_document"|"identity_document_downloadable"|"issuing_regulatory_reporting"|"pci_document"|"platform_terms_of_service"|"selfie"|"sigma_scheduled_query"|"tax_document_user_upload"|"terminal_android_apk"|"terminal_reader_splashscreen"|"terminal_wifi_certificate"|"terminal_wifi_private_key"|string
---@field size integer
---@field title string?
---@field type string?
---@field url string?

---@class stripe.page.file
---@field object "list"
---@field data stripe.file[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.file?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.file?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.file|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.file[]?, stripe.error?, stripe.file[]?

---@class stripe.files.create
---@field expand string[]?
---@field file stripe.upload sensitive
---@field file_link_data stripe.files.create.file_link_data?
---@field purpose "account_requirement"|"additional_verification"|"business_icon"|"business_logo"|"customer_signature"|"dispute_evidence"|"identity_document"|"issuing_regulatory_reporting"|"pci_document"|"platform_terms_of_service"|"tax_document_user_upload"|"terminal_android_apk"|"terminal_reader_splashscreen"|"terminal_wifi_certificate"|"terminal_wifi_private_key"|string

---@class stripe.files.create.file_link_data
---@field create boolean
---@field expires_at integer? Unix time
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?

---@class stripe.files.retrieve
---@field expand string[]?

---@class stripe.files.list
---@field created stripe.files.list.created|integer?
---@field purpose "account_requirement"|"additional_verification"|"business_icon"|"business_logo"|"customer_signature"|"dispute_evidence"|"document_provider_identity_document"|"finance_report_run"|"financial_account_statement"|"identity_document"|"identity_document_downloadable"|"issuing_regulatory_reporting"|"pci_document"|"platform_terms_of_service"|"selfie"|"sigma_scheduled_query"|"tax_document_user_upload"|"terminal_android_apk"|"terminal_reader_splashscreen"|"terminal_wifi_certificate"|"terminal_wifi_private_key"|string?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.files.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.resource.files
---@field create fun(self, params: stripe.files.create?, options: stripe.call_options?): stripe.file?, stripe.error?, stripe.response?
---@field retrieve fun(self, file: string, params: stripe.files.retrieve?, options: stripe.call_options?): stripe.file?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.files.list?, options: stripe.call_options?): stripe.page.file?, stripe.error?, stripe.response?
---@field contents fun(self, file: string, sink: string|function|file*|nil, options: stripe.call_options?): string|true?, stripe.error?, stripe.response?

---@class stripe.file_link
---@field id string
---@field object string
---@field created integer Unix time
---@field expired boolean
---@field expires_at integer? Unix time
---@field file string|stripe.file
---@field livemode boolean
---@field metadata table<string, string>
---@field url string? sensitive

---@class stripe.page.file_link
---@field object "list"
---@field data stripe.file_link[]
---@field has_more boolean
---@field url string
---@field next_page fun(self): stripe.page.file_link?, stripe.error?, stripe.response?
---@field previous_page fun(self): stripe.page.file_link?, stripe.error?, stripe.response?
---@field cursor fun(self): table
---@field each fun(self, options: stripe.each_options?): fun(): stripe.file_link|false|nil, stripe.error?
---@field collect fun(self, options: stripe.each_options?): stripe.file_link[]?, stripe.error?, stripe.file_link[]?

---@class stripe.file_links.create
---@field expand string[]?
---@field expires_at integer? Unix time
---@field file string
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?

---@class stripe.file_links.retrieve
---@field expand string[]?

---@class stripe.file_links.update
---@field expand string[]?
---@field expires_at "now"|integer|""|stripe.null?
---@field metadata table<string, string|number|boolean|stripe.null>|""|stripe.null?

---@class stripe.file_links.list
---@field created stripe.file_links.list.created|integer?
---@field expired boolean?
---@field file string?
---@field ending_before string?
---@field expand string[]?
---@field limit integer?
---@field starting_after string?

---@class stripe.file_links.list.created
---@field gt integer? Unix time
---@field gte integer? Unix time
---@field lt integer? Unix time
---@field lte integer? Unix time

---@class stripe.resource.file_links
---@field create fun(self, params: stripe.file_links.create?, options: stripe.call_options?): stripe.file_link?, stripe.error?, stripe.response?
---@field retrieve fun(self, link: string, params: stripe.file_links.retrieve?, options: stripe.call_options?): stripe.file_link?, stripe.error?, stripe.response?
---@field update fun(self, link: string, params: stripe.file_links.update?, options: stripe.call_options?): stripe.file_link?, stripe.error?, stripe.response?
---@field list fun(self, params: stripe.file_links.list?, options: stripe.call_options?): stripe.page.file_link?, stripe.error?, stripe.response?

---@class stripe.namespace.identity
---@field verification_sessions stripe.resource.identity.verification_sessions
---@field verification_reports stripe.resource.identity.verification_reports

---@class stripe.namespace.crypto
---@field onramp_sessions stripe.resource.crypto.onramp_sessions
---@field onramp_quotes stripe.resource.crypto.onramp_quotes

---@class stripe.namespace.climate
---@field orders stripe.resource.climate.orders
---@field products stripe.resource.climate.products
---@field suppliers stripe.resource.climate.suppliers

---@class stripe.namespace.forwarding
---@field requests stripe.resource.forwarding.requests

---@class stripe.client
---@field identity stripe.namespace.identity
---@field crypto stripe.namespace.crypto
---@field climate stripe.namespace.climate
---@field forwarding stripe.namespace.forwarding
---@field webhook_endpoints stripe.resource.webhook_endpoints
---@field events stripe.resource.events
---@field files stripe.resource.files
---@field file_links stripe.resource.file_links
---@field with fun(self, options: table): stripe.client
---@field request fun(self, method: string, path: string, params: table?, options: stripe.call_options?): table?, stripe.error?, stripe.response?
