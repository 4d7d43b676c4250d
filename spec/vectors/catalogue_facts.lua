--- What the API has, one fact a line, as published for version 2026-10-28.endive.
--
-- A heading at the margin says what the indented facts below it belong to. Of operations: method
-- and path; host, what is returned, stability, form of the body; also= another path. Of parameters
-- (of an operation) and fields (of an object): path, type, words.
--
-- A path steps into a member with ".", into the elements of a list with "[]", into the values of a
-- map with "{}", and into an alternative with "|type". Words: required, nullable, clearable, hidden
-- (only when expanded), private_preview, limits, format=, object= and expand= (a named object, an
-- id that expands to it), enum= and open= (a closed, an open list of the values in enums below).

local facts = {}

facts.operations = [[
identity.verification_sessions.list
  GET /v1/identity/verification_sessions
  api list:identity.verification_session general form
identity.verification_sessions.create
  POST /v1/identity/verification_sessions
  api identity.verification_session general form
identity.verification_sessions.retrieve
  GET /v1/identity/verification_sessions/{session}
  api identity.verification_session general form
identity.verification_sessions.update
  POST /v1/identity/verification_sessions/{session}
  api identity.verification_session general form
identity.verification_sessions.cancel
  POST /v1/identity/verification_sessions/{session}/cancel
  api identity.verification_session general form
identity.verification_sessions.redact
  POST /v1/identity/verification_sessions/{session}/redact
  api identity.verification_session general form
identity.verification_reports.list
  GET /v1/identity/verification_reports
  api list:identity.verification_report general form
identity.verification_reports.retrieve
  GET /v1/identity/verification_reports/{report}
  api identity.verification_report general form
crypto.onramp_sessions.list
  GET /v1/crypto/onramp_sessions
  api list:crypto.onramp_session public_preview form
crypto.onramp_sessions.create
  POST /v1/crypto/onramp_sessions
  api crypto.onramp_session public_preview form
crypto.onramp_sessions.retrieve
  GET /v1/crypto/onramp_sessions/{id}
  api crypto.onramp_session public_preview form
crypto.onramp_sessions.checkout
  POST /v1/crypto/onramp_sessions/{id}/checkout
  api crypto.onramp_session private_preview form
crypto.onramp_sessions.quote
  POST /v1/crypto/onramp_sessions/{id}/quote
  api crypto.onramp_session private_preview form
crypto.onramp_quotes.retrieve
  GET /v1/crypto/onramp/quotes
  api crypto.onramp.quotes public_preview form
  also=/v1/crypto/onramp_quotes
climate.orders.create
  POST /v1/climate/orders
  api climate.order general form
climate.orders.list
  GET /v1/climate/orders
  api list:climate.order general form
climate.orders.retrieve
  GET /v1/climate/orders/{order}
  api climate.order general form
climate.orders.update
  POST /v1/climate/orders/{order}
  api climate.order general form
climate.orders.cancel
  POST /v1/climate/orders/{order}/cancel
  api climate.order general form
climate.products.list
  GET /v1/climate/products
  api list:climate.product general form
climate.products.retrieve
  GET /v1/climate/products/{product}
  api climate.product general form
climate.suppliers.list
  GET /v1/climate/suppliers
  api list:climate.supplier general form
climate.suppliers.retrieve
  GET /v1/climate/suppliers/{supplier}
  api climate.supplier general form
forwarding.requests.create
  POST /v1/forwarding/requests
  api forwarding.request general form
forwarding.requests.list
  GET /v1/forwarding/requests
  api list:forwarding.request general form
forwarding.requests.retrieve
  GET /v1/forwarding/requests/{id}
  api forwarding.request general form
webhook_endpoints.create
  POST /v1/webhook_endpoints
  api webhook_endpoint general form
webhook_endpoints.list
  GET /v1/webhook_endpoints
  api list:webhook_endpoint general form
webhook_endpoints.retrieve
  GET /v1/webhook_endpoints/{webhook_endpoint}
  api webhook_endpoint general form
webhook_endpoints.update
  POST /v1/webhook_endpoints/{webhook_endpoint}
  api webhook_endpoint general form
webhook_endpoints.delete
  DELETE /v1/webhook_endpoints/{webhook_endpoint}
  api deleted_webhook_endpoint general form
events.list
  GET /v1/events
  api list:event general form
events.retrieve
  GET /v1/events/{id}
  api event general form
files.list
  GET /v1/files
  api list:file general form
files.create
  POST /v1/files
  files file general multipart
files.retrieve
  GET /v1/files/{file}
  api file general form
files.contents
  GET /v1/files/{file}/contents
  files binary general form
file_links.list
  GET /v1/file_links
  api list:file_link general form
file_links.create
  POST /v1/file_links
  api file_link general form
file_links.retrieve
  GET /v1/file_links/{link}
  api file_link general form
file_links.update
  POST /v1/file_links/{link}
  api file_link general form
]]

facts.parameters = [[
identity.verification_sessions.list
  client_reference_id string max_length=5000
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  related_customer string max_length=5000
  related_customer_account string max_length=5000
  status string open=session_statuses
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
identity.verification_sessions.create
  client_reference_id string max_length=5000
  expand array
  expand[] string max_length=5000
  metadata object
  metadata{} string
  options object
  options.document object clearable
  options.document.allowed_types array
  options.document.allowed_types[] string open=document_types
  options.document.require_id_number boolean
  options.document.require_live_capture boolean
  options.document.require_matching_selfie boolean
  provided_details object
  provided_details.email string
  provided_details.phone string
  related_customer string max_length=5000
  related_customer_account string max_length=5000
  related_person object
  related_person.account string required max_length=5000
  related_person.person string required max_length=5000
  return_url string
  type string open=requested_types
  verification_flow string max_length=5000
identity.verification_sessions.retrieve
  expand array
  expand[] string max_length=5000
identity.verification_sessions.update
  expand array
  expand[] string max_length=5000
  metadata object
  metadata{} string
  options object
  options.document object clearable
  options.document.allowed_types array
  options.document.allowed_types[] string open=document_types
  options.document.require_id_number boolean
  options.document.require_live_capture boolean
  options.document.require_matching_selfie boolean
  provided_details object
  provided_details.email string
  provided_details.phone string
  type string open=requested_types
identity.verification_sessions.cancel
  expand array
  expand[] string max_length=5000
identity.verification_sessions.redact
  expand array
  expand[] string max_length=5000
identity.verification_reports.list
  client_reference_id string max_length=5000
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  type string open=requested_types
  verification_session string max_length=5000
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
identity.verification_reports.retrieve
  expand array
  expand[] string max_length=5000
crypto.onramp_sessions.list
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  destination_currency string open=crypto
  destination_network string open=networks
  status string enum=onramp_statuses
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
crypto.onramp_sessions.create
  crypto_customer_id string private_preview
  customer_information object
  customer_information.email string
  customer_information.first_name string
  customer_information.last_name string
  customer_information.dob object
  customer_information.dob.year integer required
  customer_information.dob.month integer required
  customer_information.dob.day integer required
  customer_information.address object
  customer_information.address.country string
  customer_information.address.line1 string
  customer_information.address.line2 string
  customer_information.address.city string
  customer_information.address.state string
  customer_information.address.postal_code string
  customer_ip_address string
  destination_amount string max_length=5000
  destination_currencies array min_items=1
  destination_currencies[] string open=crypto
  destination_currency string open=crypto
  destination_network string open=networks
  destination_networks array min_items=1
  destination_networks[] string open=networks
  expand array
  expand[] string max_length=5000
  kyc_details object
  lock_wallet_address boolean
  metadata object
  metadata{} string
  payment_token string private_preview
  settlement_speed string open=settlement_speeds
  source_amount string max_length=5000
  source_currency string open=session_currencies
  ui_mode string private_preview open=ui_modes
  wallet_address string private_preview
  wallet_addresses object
  wallet_addresses.avalanche string max_length=5000
  wallet_addresses.bitcoin string max_length=5000
  wallet_addresses.celo string max_length=5000
  wallet_addresses.ethereum string max_length=5000
  wallet_addresses.optimism string max_length=5000
  wallet_addresses.polygon string max_length=5000
  wallet_addresses.solana string max_length=5000
  wallet_addresses.stellar string max_length=5000
  wallet_addresses.sui string max_length=5000
  wallet_addresses.tempo string max_length=5000
  wallet_addresses.worldchain string max_length=5000
  wallet_addresses.base_network string max_length=5000
  wallet_addresses.destination_tags object
  wallet_addresses.destination_tags.stellar string max_length=5000
crypto.onramp_sessions.retrieve
  expand array
  expand[] string max_length=5000
crypto.onramp_sessions.checkout
  expand array
  expand[] string max_length=5000
  mandate_data object
  mandate_data.customer_acceptance object required
  mandate_data.customer_acceptance.accepted_at integer format=unix-time
  mandate_data.customer_acceptance.offline object
  mandate_data.customer_acceptance.online object
  mandate_data.customer_acceptance.online.ip_address string required
  mandate_data.customer_acceptance.online.user_agent string required max_length=5000
  mandate_data.customer_acceptance.type string required max_length=5000 enum=acceptance_types
crypto.onramp_sessions.quote
  expand array
  expand[] string max_length=5000
crypto.onramp_quotes.retrieve
  destination_amount string
  destination_currencies array
  destination_currencies[] string open=crypto
  expand array
  expand[] string max_length=5000
  destination_networks array
  destination_networks[] string open=networks
  source_amount string
  source_currency string open=quote_currencies
climate.orders.create
  amount integer
  beneficiary object
  beneficiary.public_name string required max_length=5000
  currency string max_length=5000
  expand array
  expand[] string max_length=5000
  metadata object
  metadata{} string
  metric_tons string format=decimal
  product string required max_length=5000
climate.orders.list
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
climate.orders.retrieve
  expand array
  expand[] string max_length=5000
climate.orders.update
  beneficiary object clearable
  beneficiary.public_name string required clearable max_length=5000
  expand array
  expand[] string max_length=5000
  metadata object
  metadata{} string
climate.orders.cancel
  expand array
  expand[] string max_length=5000
climate.products.list
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
climate.products.retrieve
  expand array
  expand[] string max_length=5000
climate.suppliers.list
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
climate.suppliers.retrieve
  expand array
  expand[] string max_length=5000
forwarding.requests.create
  expand array
  expand[] string max_length=5000
  metadata object
  metadata{} string
  payment_method string required max_length=5000
  replacements array required
  replacements[] string open=replacements
  request object required
  request.body string max_length=5000
  request.headers array
  request.headers[] object
  request.headers[].name string required max_length=5000
  request.headers[].value string required max_length=5000
  url string required max_length=5000
forwarding.requests.list
  created object
  created.gt integer
  created.gte integer
  created.lt integer
  created.lte integer
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
forwarding.requests.retrieve
  expand array
  expand[] string max_length=5000
webhook_endpoints.create
  api_version string max_length=5000 enum=api_versions
  connect boolean
  description string clearable max_length=5000
  enabled_events array required
  enabled_events[] string enum=enabled_events
  expand array
  expand[] string max_length=5000
  metadata object clearable
  metadata{} string
  url string required
webhook_endpoints.list
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
webhook_endpoints.retrieve
  expand array
  expand[] string max_length=5000
webhook_endpoints.update
  description string clearable max_length=5000
  disabled boolean
  enabled_events array
  enabled_events[] string enum=enabled_events
  expand array
  expand[] string max_length=5000
  metadata object clearable
  metadata{} string
  url string
events.list
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  delivery_success boolean
  type string max_length=5000
  types array max_items=20
  types[] string max_length=5000
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
events.retrieve
  expand array
  expand[] string max_length=5000
files.list
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  purpose string max_length=5000 open=all_purposes
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
files.create
  expand array
  expand[] string max_length=5000
  file file required
  file_link_data object
  file_link_data.create boolean required
  file_link_data.expires_at integer format=unix-time
  file_link_data.metadata object clearable
  file_link_data.metadata{} string
  purpose string required open=upload_purposes
files.retrieve
  expand array
  expand[] string max_length=5000
file_links.list
  created any_of
  created|object object
  created|object.gt integer
  created|object.gte integer
  created|object.lt integer
  created|object.lte integer
  created|integer integer
  expired boolean
  file string max_length=5000
  ending_before string max_length=5000
  expand array
  expand[] string max_length=5000
  limit integer minimum=1 maximum=100
  starting_after string max_length=5000
file_links.create
  expand array
  expand[] string max_length=5000
  expires_at integer format=unix-time
  file string required max_length=5000
  metadata object clearable
  metadata{} string
file_links.retrieve
  expand array
  expand[] string max_length=5000
file_links.update
  expand array
  expand[] string max_length=5000
  expires_at any_of clearable
  expires_at|string string max_length=5000 enum=now
  expires_at|integer integer format=unix-time
  metadata object clearable
  metadata{} string
]]

facts.fields = [[
climate.order
  id string required
  object string required
  amount_fees integer required
  amount_subtotal integer required
  amount_total integer required
  beneficiary object
  beneficiary.public_name string required
  canceled_at integer required nullable format=unix-time
  cancellation_reason string required nullable open=cancellation_reasons
  certificate string required nullable
  confirmed_at integer required nullable format=unix-time
  created integer required format=unix-time
  currency string required
  delayed_at integer required nullable format=unix-time
  delivered_at integer required nullable format=unix-time
  delivery_details array required
  delivery_details[] object
  delivery_details[].delivered_at integer required format=unix-time
  delivery_details[].location object required nullable
  delivery_details[].location.city string required nullable
  delivery_details[].location.country string required
  delivery_details[].location.latitude number required nullable
  delivery_details[].location.longitude number required nullable
  delivery_details[].location.region string required nullable
  delivery_details[].metric_tons string required
  delivery_details[].registry_url string required nullable
  delivery_details[].supplier object required object=climate.supplier
  expected_delivery_year integer required
  livemode boolean required
  metadata object required
  metadata{} string
  metric_tons string required format=decimal
  product string required expand=climate.product
  product_substituted_at integer required nullable format=unix-time
  status string required open=order_statuses
climate.product
  id string required
  object string required
  created integer required format=unix-time
  current_prices_per_metric_ton object required
  current_prices_per_metric_ton{} object
  current_prices_per_metric_ton{}.amount_fees integer required
  current_prices_per_metric_ton{}.amount_subtotal integer required
  current_prices_per_metric_ton{}.amount_total integer required
  delivery_year integer required nullable
  livemode boolean required
  metric_tons_available string required format=decimal
  name string required
  suppliers array required
  suppliers[] object object=climate.supplier
climate.supplier
  id string required
  object string required
  info_url string required
  livemode boolean required
  locations array required
  locations[] object
  locations[].city string required nullable
  locations[].country string required
  locations[].latitude number required nullable
  locations[].longitude number required nullable
  locations[].region string required nullable
  name string required
  removal_pathway string required open=removal_pathways
crypto.onramp.quotes
  id string required
  object string
  destination_network_quotes object required
  destination_network_quotes.avalanche array nullable
  destination_network_quotes.avalanche[] object
  destination_network_quotes.avalanche[].id string required
  destination_network_quotes.avalanche[].destination_amount string required
  destination_network_quotes.avalanche[].destination_currency string required open=crypto
  destination_network_quotes.avalanche[].destination_network string required open=networks
  destination_network_quotes.avalanche[].fees object required
  destination_network_quotes.avalanche[].fees.network_fee_monetary string required
  destination_network_quotes.avalanche[].fees.transaction_fee_monetary string required
  destination_network_quotes.avalanche[].source_total_amount string required
  destination_network_quotes.base_network array nullable
  destination_network_quotes.base_network[] object
  destination_network_quotes.base_network[].id string required
  destination_network_quotes.base_network[].destination_amount string required
  destination_network_quotes.base_network[].destination_currency string required open=crypto
  destination_network_quotes.base_network[].destination_network string required open=networks
  destination_network_quotes.base_network[].fees object required
  destination_network_quotes.base_network[].fees.network_fee_monetary string required
  destination_network_quotes.base_network[].fees.transaction_fee_monetary string required
  destination_network_quotes.base_network[].source_total_amount string required
  destination_network_quotes.bitcoin array nullable
  destination_network_quotes.bitcoin[] object
  destination_network_quotes.bitcoin[].id string required
  destination_network_quotes.bitcoin[].destination_amount string required
  destination_network_quotes.bitcoin[].destination_currency string required open=crypto
  destination_network_quotes.bitcoin[].destination_network string required open=networks
  destination_network_quotes.bitcoin[].fees object required
  destination_network_quotes.bitcoin[].fees.network_fee_monetary string required
  destination_network_quotes.bitcoin[].fees.transaction_fee_monetary string required
  destination_network_quotes.bitcoin[].source_total_amount string required
  destination_network_quotes.ethereum array nullable
  destination_network_quotes.ethereum[] object
  destination_network_quotes.ethereum[].id string required
  destination_network_quotes.ethereum[].destination_amount string required
  destination_network_quotes.ethereum[].destination_currency string required open=crypto
  destination_network_quotes.ethereum[].destination_network string required open=networks
  destination_network_quotes.ethereum[].fees object required
  destination_network_quotes.ethereum[].fees.network_fee_monetary string required
  destination_network_quotes.ethereum[].fees.transaction_fee_monetary string required
  destination_network_quotes.ethereum[].source_total_amount string required
  destination_network_quotes.optimism array nullable
  destination_network_quotes.optimism[] object
  destination_network_quotes.optimism[].id string required
  destination_network_quotes.optimism[].destination_amount string required
  destination_network_quotes.optimism[].destination_currency string required open=crypto
  destination_network_quotes.optimism[].destination_network string required open=networks
  destination_network_quotes.optimism[].fees object required
  destination_network_quotes.optimism[].fees.network_fee_monetary string required
  destination_network_quotes.optimism[].fees.transaction_fee_monetary string required
  destination_network_quotes.optimism[].source_total_amount string required
  destination_network_quotes.polygon array nullable
  destination_network_quotes.polygon[] object
  destination_network_quotes.polygon[].id string required
  destination_network_quotes.polygon[].destination_amount string required
  destination_network_quotes.polygon[].destination_currency string required open=crypto
  destination_network_quotes.polygon[].destination_network string required open=networks
  destination_network_quotes.polygon[].fees object required
  destination_network_quotes.polygon[].fees.network_fee_monetary string required
  destination_network_quotes.polygon[].fees.transaction_fee_monetary string required
  destination_network_quotes.polygon[].source_total_amount string required
  destination_network_quotes.solana array nullable
  destination_network_quotes.solana[] object
  destination_network_quotes.solana[].id string required
  destination_network_quotes.solana[].destination_amount string required
  destination_network_quotes.solana[].destination_currency string required open=crypto
  destination_network_quotes.solana[].destination_network string required open=networks
  destination_network_quotes.solana[].fees object required
  destination_network_quotes.solana[].fees.network_fee_monetary string required
  destination_network_quotes.solana[].fees.transaction_fee_monetary string required
  destination_network_quotes.solana[].source_total_amount string required
  destination_network_quotes.stellar array nullable
  destination_network_quotes.stellar[] object
  destination_network_quotes.stellar[].id string required
  destination_network_quotes.stellar[].destination_amount string required
  destination_network_quotes.stellar[].destination_currency string required open=crypto
  destination_network_quotes.stellar[].destination_network string required open=networks
  destination_network_quotes.stellar[].fees object required
  destination_network_quotes.stellar[].fees.network_fee_monetary string required
  destination_network_quotes.stellar[].fees.transaction_fee_monetary string required
  destination_network_quotes.stellar[].source_total_amount string required
  destination_network_quotes.worldchain array nullable
  destination_network_quotes.worldchain[] object
  destination_network_quotes.worldchain[].id string required
  destination_network_quotes.worldchain[].destination_amount string required
  destination_network_quotes.worldchain[].destination_currency string required open=crypto
  destination_network_quotes.worldchain[].destination_network string required open=networks
  destination_network_quotes.worldchain[].fees object required
  destination_network_quotes.worldchain[].fees.network_fee_monetary string required
  destination_network_quotes.worldchain[].fees.transaction_fee_monetary string required
  destination_network_quotes.worldchain[].source_total_amount string required
  livemode boolean required
  rate_fetched_at number required
  source_amount string required
  source_currency string required open=quote_currencies
crypto.onramp_session
  id string required
  object string required
  client_secret string required
  created integer required format=unix-time
  kyc_details_provided boolean required
  livemode boolean required
  metadata object required nullable
  metadata{} string
  redirect_url string required nullable
  status string required
  transaction_details object required
  transaction_details.destination_amount string required nullable
  transaction_details.destination_currencies array required nullable
  transaction_details.destination_currencies[] string open=crypto
  transaction_details.destination_currency string required nullable open=crypto
  transaction_details.destination_network string required nullable open=networks
  transaction_details.destination_networks array required nullable
  transaction_details.destination_networks[] string open=networks
  transaction_details.fees object required nullable
  transaction_details.fees.network_fee_amount string required nullable
  transaction_details.fees.transaction_fee_amount string required nullable
  transaction_details.lock_wallet_address boolean required nullable
  transaction_details.settlement_speed string nullable open=settlement_speeds
  transaction_details.source_amount string required nullable
  transaction_details.source_currency string required nullable open=session_currencies
  transaction_details.transaction_id string required nullable
  transaction_details.wallet_address string required nullable
  transaction_details.wallet_addresses object required nullable
  transaction_details.wallet_addresses.avalanche string nullable
  transaction_details.wallet_addresses.base_network string nullable
  transaction_details.wallet_addresses.bitcoin string nullable
  transaction_details.wallet_addresses.celo string nullable
  transaction_details.wallet_addresses.ethereum string nullable
  transaction_details.wallet_addresses.optimism string nullable
  transaction_details.wallet_addresses.polygon string nullable
  transaction_details.wallet_addresses.solana string nullable
  transaction_details.wallet_addresses.stellar string nullable
  transaction_details.wallet_addresses.sui string nullable
  transaction_details.wallet_addresses.tempo string nullable
  transaction_details.wallet_addresses.worldchain string nullable
  transaction_details.wallet_addresses.destination_tags object nullable
  transaction_details.wallet_addresses.destination_tags.stellar string required nullable
  transaction_details.last_error string nullable private_preview
deleted_webhook_endpoint
  id string required
  object string required
  deleted boolean required
event
  id string required
  object string required
  account string
  api_version string required nullable
  context string
  created integer required format=unix-time
  data object required
  data.object object required
  data.previous_attributes object
  livemode boolean required
  pending_webhooks integer required
  request object required nullable
  request.id string required nullable
  request.idempotency_key string required nullable
  type string required
file
  id string required
  object string required
  created integer required format=unix-time
  expires_at integer required nullable format=unix-time
  filename string required nullable
  links list nullable
  links[] object object=file_link
  purpose string required open=all_purposes
  size integer required
  title string required nullable
  type string required nullable
  url string required nullable
file_link
  id string required
  object string required
  created integer required format=unix-time
  expired boolean required
  expires_at integer required nullable format=unix-time
  file string required expand=file
  livemode boolean required
  metadata object required
  metadata{} string
  url string required nullable
forwarding.request
  id string required
  object string required
  created integer required format=unix-time
  livemode boolean required
  metadata object nullable
  metadata{} string
  payment_method string required
  replacements array required
  replacements[] string open=replacements
  request_context object required nullable
  request_context.destination_duration integer required
  request_context.destination_ip_address string required
  request_details object required nullable
  request_details.body string required
  request_details.headers array required
  request_details.headers[] object
  request_details.headers[].name string required
  request_details.headers[].value string required
  request_details.http_method string required enum=http_methods
  response_details object required nullable
  response_details.body string required
  response_details.headers array required
  response_details.headers[] object
  response_details.headers[].name string required
  response_details.headers[].value string required
  response_details.status integer required
  url string required nullable
identity.verification_report
  id string required
  object string required
  client_reference_id string required nullable
  created integer required format=unix-time
  document object
  document.address object required nullable
  document.address.city string required nullable
  document.address.country string required nullable
  document.address.line1 string required nullable
  document.address.line2 string required nullable
  document.address.postal_code string required nullable
  document.address.state string required nullable
  document.dob object nullable hidden
  document.dob.day integer required nullable
  document.dob.month integer required nullable
  document.dob.year integer required nullable
  document.error object required nullable
  document.error.code string required nullable open=document_errors
  document.error.reason string required nullable
  document.expiration_date object nullable hidden
  document.expiration_date.day integer required nullable
  document.expiration_date.month integer required nullable
  document.expiration_date.year integer required nullable
  document.files array required nullable
  document.files[] string
  document.first_name string required nullable
  document.issued_date object required nullable
  document.issued_date.day integer required nullable
  document.issued_date.month integer required nullable
  document.issued_date.year integer required nullable
  document.issuing_country string required nullable
  document.last_name string required nullable
  document.number string nullable hidden
  document.sex string nullable hidden open=sexes
  document.status string required open=check_statuses
  document.type string required nullable open=document_types
  document.unparsed_place_of_birth string nullable hidden
  document.unparsed_sex string nullable hidden
  email object
  email.email string required nullable
  email.error object required nullable
  email.error.code string required nullable open=email_errors
  email.error.reason string required nullable
  email.status string required open=check_statuses
  id_number object
  id_number.dob object nullable hidden
  id_number.dob.day integer required nullable
  id_number.dob.month integer required nullable
  id_number.dob.year integer required nullable
  id_number.error object required nullable
  id_number.error.code string required nullable open=id_number_errors
  id_number.error.reason string required nullable
  id_number.first_name string required nullable
  id_number.id_number string nullable hidden
  id_number.id_number_type string required nullable open=id_number_types
  id_number.last_name string required nullable
  id_number.status string required open=check_statuses
  livemode boolean required
  options object
  options.document object
  options.document.allowed_types array
  options.document.allowed_types[] string open=document_types
  options.document.require_id_number boolean
  options.document.require_live_capture boolean
  options.document.require_matching_selfie boolean
  options.id_number object
  phone object
  phone.phone string required nullable
  phone.error object required nullable
  phone.error.code string required nullable open=phone_errors
  phone.error.reason string required nullable
  phone.status string required open=check_statuses
  selfie object
  selfie.document string required nullable
  selfie.error object required nullable
  selfie.error.code string required nullable open=selfie_errors
  selfie.error.reason string required nullable
  selfie.selfie string required nullable
  selfie.status string required open=check_statuses
  type string required open=verification_types
  verification_flow string
  verification_session string required nullable
identity.verification_session
  id string required
  object string required
  client_reference_id string required nullable
  client_secret string required nullable
  created integer required format=unix-time
  last_error object required nullable
  last_error.code string required nullable open=session_errors
  last_error.reason string required nullable
  last_verification_report string required nullable expand=identity.verification_report
  livemode boolean required
  metadata object required
  metadata{} string
  options object required nullable
  options.document object
  options.document.allowed_types array
  options.document.allowed_types[] string open=document_types
  options.document.require_id_number boolean
  options.document.require_live_capture boolean
  options.document.require_matching_selfie boolean
  options.email object
  options.email.require_verification boolean
  options.id_number object
  options.matching object
  options.matching.dob string open=matching_rules
  options.matching.name string open=matching_rules
  options.phone object
  options.phone.require_verification boolean
  provided_details object nullable
  provided_details.email string
  provided_details.phone string
  redaction object required nullable
  redaction.status string required open=redaction_statuses
  related_customer string required nullable
  related_customer_account string required nullable
  related_person object
  related_person.account string required
  related_person.person string required
  status string required open=session_statuses
  type string required open=verification_types
  url string required nullable
  verification_flow string
  verified_outputs object nullable hidden
  verified_outputs.address object required nullable
  verified_outputs.address.city string required nullable
  verified_outputs.address.country string required nullable
  verified_outputs.address.line1 string required nullable
  verified_outputs.address.line2 string required nullable
  verified_outputs.address.postal_code string required nullable
  verified_outputs.address.state string required nullable
  verified_outputs.dob object nullable hidden
  verified_outputs.dob.day integer required nullable
  verified_outputs.dob.month integer required nullable
  verified_outputs.dob.year integer required nullable
  verified_outputs.email string required nullable
  verified_outputs.first_name string required nullable
  verified_outputs.id_number string nullable hidden
  verified_outputs.id_number_type string required nullable open=id_number_types
  verified_outputs.last_name string required nullable
  verified_outputs.phone string required nullable
  verified_outputs.sex string nullable hidden open=sexes
  verified_outputs.unparsed_place_of_birth string nullable hidden
  verified_outputs.unparsed_sex string nullable hidden
webhook_endpoint
  id string required
  object string required
  api_version string required nullable
  application string required nullable
  created integer required format=unix-time
  description string required nullable
  enabled_events array required
  enabled_events[] string
  livemode boolean required
  metadata object required
  metadata{} string
  secret string
  status string required
  url string required
]]

facts.id_prefixes = [[
climate.order climorder_
climate.product climsku_
crypto.onramp_session cos_
event evt_
file file_
file_link link_
forwarding.request fwdreq_
identity.verification_report vr_
identity.verification_session vs_
webhook_endpoint we_
climate.supplier climsup_
]]

facts.enums = {
  acceptance_types = [[
    offline online
  ]],
  all_purposes = [[
    account_requirement additional_verification business_icon business_logo
    customer_signature dispute_evidence document_provider_identity_document
    finance_report_run financial_account_statement identity_document
    identity_document_downloadable issuing_regulatory_reporting pci_document
    platform_terms_of_service selfie sigma_scheduled_query tax_document_user_upload
    terminal_android_apk terminal_reader_splashscreen terminal_wifi_certificate
    terminal_wifi_private_key
  ]],
  cancellation_reasons = [[
    expired product_unavailable requested
  ]],
  check_statuses = [[
    unverified verified
  ]],
  crypto = [[
    avax btc eth matic ripusd sol usdc usdt wld xlm
  ]],
  document_errors = [[
    document_expired document_type_not_supported document_unverified_other
  ]],
  document_types = [[
    driving_license id_card passport
  ]],
  email_errors = [[
    email_unverified_other email_verification_declined
  ]],
  http_methods = [[
    POST
  ]],
  id_number_errors = [[
    id_number_insufficient_document_data id_number_mismatch id_number_unverified_other
  ]],
  id_number_types = [[
    br_cpf sg_nric us_ssn
  ]],
  matching_rules = [[
    none similar
  ]],
  networks = [[
    avalanche base bitcoin celo ethereum optimism polygon solana stellar sui tempo
    worldchain
  ]],
  now = [[
    now
  ]],
  onramp_statuses = [[
    fulfillment_complete fulfillment_processing initialized rejected requires_payment
  ]],
  order_statuses = [[
    awaiting_funds canceled confirmed delivered open
  ]],
  phone_errors = [[
    phone_unverified_other phone_verification_declined
  ]],
  quote_currencies = [[
    eur usd
  ]],
  redaction_statuses = [[
    processing redacted validated
  ]],
  removal_pathways = [[
    biomass_carbon_removal_and_storage direct_air_capture enhanced_weathering
    marine_carbon_removal
  ]],
  replacements = [[
    card_cvc card_expiry card_number cardholder_name request_signature
  ]],
  requested_types = [[
    document id_number
  ]],
  selfie_errors = [[
    selfie_document_missing_photo selfie_face_mismatch selfie_manipulated
    selfie_unverified_other
  ]],
  session_currencies = [[
    cad cop eur gbp php usd
  ]],
  session_errors = [[
    abandoned consent_declined country_not_supported device_not_supported document_expired
    document_type_not_supported document_unverified_other email_unverified_other
    email_verification_declined id_number_insufficient_document_data id_number_mismatch
    id_number_unverified_other phone_unverified_other phone_verification_declined
    selfie_document_missing_photo selfie_face_mismatch selfie_manipulated
    selfie_unverified_other under_supported_age
  ]],
  session_statuses = [[
    canceled processing requires_input verified
  ]],
  settlement_speeds = [[
    instant standard
  ]],
  sexes = [[
    [redacted] female male unknown
  ]],
  ui_modes = [[
    headless
  ]],
  upload_purposes = [[
    account_requirement additional_verification business_icon business_logo
    customer_signature dispute_evidence identity_document issuing_regulatory_reporting
    pci_document platform_terms_of_service tax_document_user_upload terminal_android_apk
    terminal_reader_splashscreen terminal_wifi_certificate terminal_wifi_private_key
  ]],
  verification_types = [[
    document id_number verification_flow
  ]],
}

facts.event_types = [[
account.application.authorized
account.application.deauthorized
account.external_account.created
account.external_account.deleted
account.external_account.updated
account.updated
application_fee.created
application_fee.refund.updated
application_fee.refunded
apps.install.created
apps.install.deleted
apps.install.updated
balance.available
balance_settings.updated
billing.alert.triggered
billing.credit_balance_transaction.created
billing.credit_grant.created
billing.credit_grant.updated
billing.meter.created
billing.meter.deactivated
billing.meter.reactivated
billing.meter.updated
billing_portal.configuration.created
billing_portal.configuration.updated
billing_portal.session.created
capability.updated
cash_balance.funds_available
charge.captured
charge.dispute.closed
charge.dispute.created
charge.dispute.funds_reinstated
charge.dispute.funds_withdrawn
charge.dispute.updated
charge.expired
charge.failed
charge.pending
charge.refund.updated
charge.refunded
charge.succeeded
charge.updated
checkout.session.async_payment_failed
checkout.session.async_payment_succeeded
checkout.session.completed
checkout.session.expired
climate.order.canceled
climate.order.created
climate.order.delayed
climate.order.delivered
climate.order.product_substituted
climate.product.created
climate.product.pricing_updated
coupon.created
coupon.deleted
coupon.updated
credit_note.created
credit_note.updated
credit_note.voided
customer.created
customer.deleted
customer.discount.created
customer.discount.deleted
customer.discount.updated
customer.source.created
customer.source.deleted
customer.source.expiring
customer.source.updated
customer.subscription.created
customer.subscription.deleted
customer.subscription.paused
customer.subscription.pending_update_applied
customer.subscription.pending_update_expired
customer.subscription.resumed
customer.subscription.trial_will_end
customer.subscription.updated
customer.tax_id.created
customer.tax_id.deleted
customer.tax_id.updated
customer.updated
customer_cash_balance_transaction.created
entitlements.active_entitlement_summary.updated
file.created
financial_connections.account.account_numbers_updated
financial_connections.account.created
financial_connections.account.deactivated
financial_connections.account.disconnected
financial_connections.account.expected_deactivation_date_updated
financial_connections.account.reactivated
financial_connections.account.refreshed_balance
financial_connections.account.refreshed_ownership
financial_connections.account.refreshed_transactions
financial_connections.account.supported_payment_method_types_updated
financial_connections.account.upcoming_account_number_expiry
financial_connections.account.upcoming_deactivation
financial_connections.authorization.expected_deactivation_date_updated
financial_connections.authorization.upcoming_deactivation
identity.verification_session.canceled
identity.verification_session.created
identity.verification_session.processing
identity.verification_session.redacted
identity.verification_session.requires_input
identity.verification_session.verified
invoice.created
invoice.deleted
invoice.finalization_failed
invoice.finalized
invoice.marked_uncollectible
invoice.overdue
invoice.overpaid
invoice.paid
invoice.payment_action_required
invoice.payment_attempt_required
invoice.payment_failed
invoice.payment_succeeded
invoice.sent
invoice.upcoming
invoice.updated
invoice.voided
invoice.will_be_due
invoice_payment.paid
invoiceitem.created
invoiceitem.deleted
issuing_authorization.created
issuing_authorization.request
issuing_authorization.updated
issuing_card.created
issuing_card.updated
issuing_cardholder.created
issuing_cardholder.updated
issuing_dispute.closed
issuing_dispute.created
issuing_dispute.funds_reinstated
issuing_dispute.funds_rescinded
issuing_dispute.submitted
issuing_dispute.updated
issuing_personalization_design.activated
issuing_personalization_design.deactivated
issuing_personalization_design.rejected
issuing_personalization_design.updated
issuing_token.created
issuing_token.updated
issuing_transaction.created
issuing_transaction.purchase_details_receipt_updated
issuing_transaction.updated
mandate.updated
payment_intent.amount_capturable_updated
payment_intent.canceled
payment_intent.created
payment_intent.partially_funded
payment_intent.payment_failed
payment_intent.processing
payment_intent.requires_action
payment_intent.succeeded
payment_link.created
payment_link.updated
payment_method.attached
payment_method.automatically_updated
payment_method.detached
payment_method.updated
payout.canceled
payout.created
payout.failed
payout.paid
payout.reconciliation_completed
payout.updated
person.created
person.deleted
person.updated
plan.created
plan.deleted
plan.updated
price.created
price.deleted
price.updated
product.created
product.deleted
product.updated
promotion_code.created
promotion_code.updated
quote.accepted
quote.canceled
quote.created
quote.finalized
radar.early_fraud_warning.created
radar.early_fraud_warning.updated
refund.created
refund.failed
refund.updated
reporting.report_run.failed
reporting.report_run.succeeded
reporting.report_type.updated
reserve.hold.created
reserve.hold.updated
reserve.plan.created
reserve.plan.disabled
reserve.plan.expired
reserve.plan.updated
reserve.release.created
review.closed
review.opened
setup_intent.canceled
setup_intent.created
setup_intent.requires_action
setup_intent.setup_failed
setup_intent.succeeded
sigma.scheduled_query_run.created
source.canceled
source.chargeable
source.failed
source.mandate_notification
source.refund_attributes_required
source.transaction.created
source.transaction.updated
subscription_schedule.aborted
subscription_schedule.canceled
subscription_schedule.completed
subscription_schedule.created
subscription_schedule.expiring
subscription_schedule.released
subscription_schedule.updated
tax.settings.updated
tax_rate.created
tax_rate.updated
terminal.reader.action_failed
terminal.reader.action_succeeded
terminal.reader.action_updated
test_helpers.test_clock.advancing
test_helpers.test_clock.created
test_helpers.test_clock.deleted
test_helpers.test_clock.internal_failure
test_helpers.test_clock.ready
three_d_secure.authentication.canceled
three_d_secure.authentication.challenge_started
three_d_secure.authentication.errored
three_d_secure.authentication.failed
three_d_secure.authentication.requires_challenge
three_d_secure.authentication.requires_submission
three_d_secure.authentication.succeeded
topup.canceled
topup.created
topup.failed
topup.reversed
topup.succeeded
transfer.created
transfer.reversed
transfer.updated
treasury.credit_reversal.created
treasury.credit_reversal.posted
treasury.debit_reversal.completed
treasury.debit_reversal.created
treasury.debit_reversal.initial_credit_granted
treasury.financial_account.closed
treasury.financial_account.created
treasury.financial_account.features_status_updated
treasury.inbound_transfer.canceled
treasury.inbound_transfer.created
treasury.inbound_transfer.failed
treasury.inbound_transfer.succeeded
treasury.outbound_payment.canceled
treasury.outbound_payment.created
treasury.outbound_payment.expected_arrival_date_updated
treasury.outbound_payment.failed
treasury.outbound_payment.posted
treasury.outbound_payment.returned
treasury.outbound_payment.tracking_details_updated
treasury.outbound_transfer.canceled
treasury.outbound_transfer.created
treasury.outbound_transfer.expected_arrival_date_updated
treasury.outbound_transfer.failed
treasury.outbound_transfer.posted
treasury.outbound_transfer.returned
treasury.outbound_transfer.tracking_details_updated
treasury.received_credit.created
treasury.received_credit.failed
treasury.received_credit.succeeded
treasury.received_debit.created
]]

facts.extra_event_types = [[
crypto.onramp_session.updated
]]

facts.explicit_event_types = [[
identity.verification_session.redacted
]]

facts.api_versions = [[
2011-01-01
2011-06-21
2011-06-28
2011-08-01
2011-09-15
2011-11-17
2012-02-23
2012-03-25
2012-06-18
2012-06-28
2012-07-09
2012-09-24
2012-10-26
2012-11-07
2013-02-11
2013-02-13
2013-07-05
2013-08-12
2013-08-13
2013-10-29
2013-12-03
2014-01-31
2014-03-13
2014-03-28
2014-05-19
2014-06-13
2014-06-17
2014-07-22
2014-07-26
2014-08-04
2014-08-20
2014-09-08
2014-10-07
2014-11-05
2014-11-20
2014-12-08
2014-12-17
2014-12-22
2015-01-11
2015-01-26
2015-02-10
2015-02-16
2015-02-18
2015-03-24
2015-04-07
2015-06-15
2015-07-07
2015-07-13
2015-07-28
2015-08-07
2015-08-19
2015-09-03
2015-09-08
2015-09-23
2015-10-01
2015-10-12
2015-10-16
2016-02-03
2016-02-19
2016-02-22
2016-02-23
2016-02-29
2016-03-07
2016-06-15
2016-07-06
2016-10-19
2017-01-27
2017-02-14
2017-04-06
2017-05-25
2017-06-05
2017-08-15
2017-12-14
2018-01-23
2018-02-05
2018-02-06
2018-02-28
2018-05-21
2018-07-27
2018-08-23
2018-09-06
2018-09-24
2018-10-31
2018-11-08
2019-02-11
2019-02-19
2019-03-14
2019-05-16
2019-08-14
2019-09-09
2019-10-08
2019-10-17
2019-11-05
2019-12-03
2020-03-02
2020-08-27
2022-08-01
2022-11-15
2023-08-16
2023-10-16
2024-04-10
2024-06-20
2024-09-30.acacia
2024-10-28.acacia
2024-11-20.acacia
2024-12-18.acacia
2025-01-27.acacia
2025-02-24.acacia
2025-03-01.dashboard
2025-03-31.basil
2025-04-30.basil
2025-05-28.basil
2025-06-30.basil
2025-07-30.basil
2025-08-27.basil
2025-09-30.clover
2025-10-29.clover
2025-11-17.clover
2025-12-15.clover
2026-01-28.clover
2026-02-25.clover
2026-03-25.dahlia
2026-04-22.dahlia
2026-05-27.dahlia
2026-06-24.dahlia
2026-07-29.dahlia
2026-08-26.dahlia
2026-09-30.endive
2026-10-28.endive
]]

facts.error_codes = [[
account_closed
account_country_invalid_address
account_error_country_change_requires_additional_steps
account_information_mismatch
account_invalid
account_number_invalid
account_token_required_for_v2_account
acss_debit_session_incomplete
action_blocked
alipay_upgrade_required
amount_too_large
amount_too_small
anomalous_money_movement_request
api_key_expired
application_fees_not_allowed
approval_required
authentication_failure
authentication_required
balance_insufficient
balance_invalid_parameter
bank_account_bad_routing_numbers
bank_account_declined
bank_account_exists
bank_account_restricted
bank_account_unusable
bank_account_unverified
bank_account_verification_failed
billing_invalid_mandate
bitcoin_upgrade_required
capability_not_active
capture_charge_authorization_expired
capture_unauthorized_payment
card_decline_rate_limit_exceeded
card_declined
cardholder_phone_number_required
charge_already_captured
charge_already_refunded
charge_disputed
charge_exceeds_source_limit
charge_exceeds_transaction_limit
charge_expired_for_capture
charge_invalid_parameter
charge_not_refundable
clearing_code_unsupported
country_code_invalid
country_unsupported
coupon_expired
customer_max_payment_methods
customer_max_subscriptions
customer_session_expired
customer_tax_location_invalid
debit_not_authorized
dispute_evidence_page_limit_exceeded
email_invalid
expired_card
expired_payment_method
failed_tax_calculation
financial_account_balance_does_not_support_currency
financial_account_capability_not_enabled
financial_account_capability_restricted
financial_connections_account_inactive
financial_connections_account_pending_account_numbers
financial_connections_account_unavailable_account_numbers
financial_connections_consent_locale_invalid
financial_connections_consent_locale_unsupported
financial_connections_no_successful_transaction_refresh
forwarding_api_inactive
forwarding_api_invalid_parameter
forwarding_api_retryable_upstream_error
forwarding_api_upstream_connection_error
forwarding_api_upstream_connection_timeout
forwarding_api_upstream_error
idempotency_key_in_use
incorrect_address
incorrect_cvc
incorrect_number
incorrect_postal_code
incorrect_zip
india_recurring_payment_mandate_canceled
instant_payouts_config_disabled
instant_payouts_currency_disabled
instant_payouts_limit_exceeded
instant_payouts_unsupported
insufficient_funds
intent_invalid_state
intent_verification_method_missing
invalid_canceled_subscription_fields
invalid_card_type
invalid_characters
invalid_charge_amount
invalid_cvc
invalid_expiry_month
invalid_expiry_year
invalid_mandate_reference_prefix_format
invalid_number
invalid_source_usage
invalid_tax_location
invoice_no_customer_line_items
invoice_no_payment_method_types
invoice_no_subscription_line_items
invoice_not_editable
invoice_on_behalf_of_not_editable
invoice_payment_intent_requires_action
invoice_upcoming_none
livemode_mismatch
lock_timeout
missing
no_account
not_allowed_on_standard_account
out_of_inventory
ownership_declaration_not_allowed
parameter_invalid_empty
parameter_invalid_integer
parameter_invalid_string_blank
parameter_invalid_string_empty
parameter_missing
parameter_unknown
parameters_exclusive
payment_evaluation_on_api_version_not_supported
payment_intent_action_required
payment_intent_authentication_failure
payment_intent_incompatible_payment_method
payment_intent_invalid_parameter
payment_intent_konbini_rejected_confirmation_number
payment_intent_mandate_invalid
payment_intent_payment_attempt_expired
payment_intent_payment_attempt_failed
payment_intent_rate_limit_exceeded
payment_intent_unexpected_state
payment_method_bank_account_already_verified
payment_method_bank_account_blocked
payment_method_billing_details_address_missing
payment_method_configuration_failures
payment_method_currency_mismatch
payment_method_customer_decline
payment_method_invalid_parameter
payment_method_invalid_parameter_testmode
payment_method_microdeposit_failed
payment_method_microdeposit_processing_error
payment_method_microdeposit_verification_amounts_invalid
payment_method_microdeposit_verification_amounts_mismatch
payment_method_microdeposit_verification_attempts_exceeded
payment_method_microdeposit_verification_descriptor_code_mismatch
payment_method_microdeposit_verification_timeout
payment_method_not_available
payment_method_provider_decline
payment_method_provider_timeout
payment_method_restricted
payment_method_unactivated
payment_method_unexpected_state
payment_method_unsupported_type
payout_reconciliation_not_ready
payouts_limit_exceeded
payouts_not_allowed
platform_account_required
platform_api_key_expired
postal_code_invalid
processing_error
product_inactive
progressive_onboarding_limit_exceeded
rate_limit
refer_to_customer
refund_disputed_payment
request_blocked
resource_already_exists
resource_missing
return_intent_already_processed
routing_number_invalid
secret_key_required
sepa_unsupported_account
service_period_coupon_with_metered_tiered_item_unsupported
setup_attempt_failed
setup_intent_authentication_failure
setup_intent_invalid_parameter
setup_intent_mandate_invalid
setup_intent_mobile_wallet_unsupported
setup_intent_setup_attempt_expired
setup_intent_unexpected_state
shipping_address_invalid
shipping_calculation_failed
siret_invalid
sku_inactive
smart_disputes_not_available
state_unsupported
status_transition_invalid
storer_capability_missing
storer_capability_not_active
stripe_tax_inactive
subscription_update_trial_after_billing_cycle_anchor
tax_id_invalid
tax_id_prohibited
taxes_calculation_failed
terminal_location_country_unsupported
terminal_reader_busy
terminal_reader_hardware_fault
terminal_reader_invalid_location_for_activation
terminal_reader_invalid_location_for_payment
terminal_reader_offline
terminal_reader_timeout
testmode_charges_only
three_d_secure_authentication_not_supported
three_d_secure_authentication_upstream_error
tls_version_unsupported
token_already_used
token_card_network_invalid
token_in_use
transfer_source_balance_parameters_mismatch
transfers_not_allowed
url_invalid
]]

facts.crypto_onramp_error_codes = [[
crypto_onramp_disabled
crypto_onramp_unsupported_country
crypto_onramp_unsupportable_customer
customer_ip_address
crypto_onramp_invalid_source_destination_pair
crypto_onramp_incomplete_destination_currency_and_network_pair
crypto_onramp_invalid_destination_currency_and_network_pair
crypto_onramp_missing_source_currency
crypto_onramp_invalid_source_amount
crypto_onramp_missing_destination_currency
crypto_onramp_invalid_destination_amount
crypto_onramp_invalid_destination_currencies_and_networks
crypto_onramp_conflicting_destination_currency
crypto_onramp_conflicting_destination_network
crypto_onramp_wallet_addresses_not_all_networks_supported
crypto_onramp_no_wallet_address_to_lock
crypto_onramp_merchant_not_properly_setup
]]

return facts
