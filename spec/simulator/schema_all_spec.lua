--- Every operation of the catalogue is carried out once, plain and with everything expanded, and
-- its answer compared with the catalogue's fields, nulls kept.

local core = require "stripe.core"
local asking = require "spec.support.asking"
local schema = require "spec.support.schema"

local BETA = { ["Stripe-Version"] = core.api_version .. ";crypto_onramp_beta=v2",
  ["Stripe-OAuth-Token"] = "liwltoken_1" }
local DESTINATION = "https://pay.example/v1/payments"
local PRODUCT = "climsku_frontier_offtake_portfolio_2027"
local ONRAMP = "source_amount=50.00&source_currency=usd&destination_currency=usdc"
  .. "&destination_network=base"

-- What an operation is asked with, where it needs more than an id.
local FORMS = {
  ["identity.verification_sessions.create"] = "type=document&metadata[a]=1"
    .. "&options[document][require_matching_selfie]=true&provided_details[email]=a%40example.com",
  ["identity.verification_sessions.update"] = "metadata[a]=1",
  ["crypto.onramp_sessions.create"] = ONRAMP,
  ["crypto.onramp_sessions.checkout"] = "mandate_data[customer_acceptance][type]=online"
    .. "&mandate_data[customer_acceptance][accepted_at]=1750000000"
    .. "&mandate_data[customer_acceptance][online][ip_address]=203.0.113.7"
    .. "&mandate_data[customer_acceptance][online][user_agent]=lua",
  ["crypto.onramp_quotes.retrieve"] = "source_amount=100",
  ["climate.orders.create"] = "metric_tons=1&beneficiary[public_name]=Marie&product=" .. PRODUCT,
  ["climate.orders.update"] = "metadata[a]=1",
  ["forwarding.requests.create"] = "payment_method=pm_card_visa&url=" .. DESTINATION
    .. "&replacements[]=card_number&request[body]=%7B%22number%22%3A%22%22%7D"
    .. "&request[headers][0][name]=X-One&request[headers][0][value]=1&metadata[a]=1",
  ["webhook_endpoints.create"] = "url=https://example.com&enabled_events[]=*&metadata[a]=1",
  ["webhook_endpoints.update"] = "description=new",
  ["file_links.create"] = "metadata[a]=1&file=",
  ["file_links.update"] = "metadata[a]=1",
}

local objects = {}
for _, about in pairs(core.catalogue()) do objects[about.object] = about.fields end

-- The paths of all that can be expanded below an object, four levels deep.
local function expandable(fields, prefix, level, found)
  for _, field in ipairs(level <= 4 and fields or {}) do
    local path = prefix .. field.name
    if field.expand then found[#found + 1] = path end
    local below = field.fields or objects[field.object] or field.item and field.item.fields
    if field.type ~= "list" then expandable(below, path .. ".", level + 1, found) end
  end
  return found
end

local function expansion(operation)
  local found = expandable(objects[operation.returns], operation.list and "data." or "",
    operation.list and 2 or 1, {})
  for i, path in ipairs(found) do found[i] = "expand[]=" .. path end
  return table.concat(found, "&")
end

describe("the answer to", function()
  local a, ids

  -- An account that has one of everything, and the ids by resource.
  local function populate()
    a = asking.open()
    local post, get = a.post, a.get
    local function one(object)
      assert(object.id, object.error and object.error.message)
      return object.id
    end
    ids = {}
    ids["webhook_endpoints"] = one(post("/v1/webhook_endpoints",
      FORMS["webhook_endpoints.create"]))
    ids["identity.verification_sessions"] = one(post("/v1/identity/verification_sessions",
      FORMS["identity.verification_sessions.create"]
      .. "&options[document][require_id_number]=true"))
    assert(a.sim.identity:submit(ids["identity.verification_sessions"], { outcome = "verified" }))
    ids["identity.verification_reports"] = get("/v1/identity/verification_reports").data[1].id
    ids["crypto.onramp_sessions"] = one(post("/v1/crypto/onramp_sessions", ONRAMP
      .. "&ui_mode=headless&crypto_customer_id=crc_1&payment_token=cpt_1"
      .. "&destination_networks[]=base&wallet_address=0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2",
      BETA))
    ids["climate.products"] = PRODUCT
    ids["climate.suppliers"] = "climsup_charm_industrial"
    ids["climate.orders"] = one(post("/v1/climate/orders", FORMS["climate.orders.create"]))
    a.sim.forwarding:answer(DESTINATION, { status = 200, body = "{}" })
    ids["forwarding.requests"] = one(post("/v1/forwarding/requests",
      FORMS["forwarding.requests.create"]))
    ids.files = one(a.upload({ "a.pdf", "the content" }, { purpose = "dispute_evidence",
      ["file_link_data[create]"] = "true" }))
    ids.file_links = get("/v1/file_links").data[1].id
    ids.events = get("/v1/events").data[1].id
  end

  -- Operations that need something to have happened to their object first.
  local before = {
    ["identity.verification_sessions.update"] = function()
      ids["identity.verification_sessions"] =
        a.post("/v1/identity/verification_sessions", "type=document").id
    end,
    ["crypto.onramp_sessions.checkout"] = function()
      a.post("/v1/crypto/onramp_sessions/" .. ids["crypto.onramp_sessions"] .. "/quote", "", BETA)
    end,
  }
  before["identity.verification_sessions.cancel"] = before["identity.verification_sessions.update"]

  local function ask(operation, query)
    local name = operation.resource .. "." .. operation.name
    if before[name] then before[name]() end
    local headers = { Authorization = "Bearer " .. a.key }
    for header, value in pairs(operation.beta and BETA or {}) do headers[header] = value end
    local path = operation.path:gsub("{[%w_]+}", ids[operation.resource] or "")
    local form, body = FORMS[name] or "", nil
    if name == "file_links.create" then form = form .. ids.files end
    if operation.multipart then
      headers["Content-Type"] = "multipart/form-data; boundary=x"
      body = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nbytes\r\n'
        .. '--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n--x--'
    elseif operation.method == "POST" then
      headers["Content-Type"] = "application/x-www-form-urlencoded"
      body = form .. (query ~= "" and "&" .. query or "")
    else
      path = path .. "?" .. form .. (form ~= "" and query ~= "" and "&" or "") .. query
    end
    return a.sim:handle {
      method = operation.method, url = "https://" .. (operation.host or "api") .. ".stripe.com"
        .. path, headers = headers, body = body,
    }
  end

  local function proper(operation, response)
    assert.equal(200, response.status, response.body)
    if operation.binary then return assert.equal("the content", response.body) end
    local answer = assert(core.decode(response.body, true))
    local kind = operation.returns
    if operation.list then
      kind = "list:" .. kind
      assert.truthy(answer.data[1])
    elseif operation.name == "delete" then
      kind = "deleted_" .. kind
    end
    assert.same({}, schema.check(answer, kind))
  end

  before_each(populate)

  for _, operation in ipairs(core.operations()) do
    local name = operation.resource .. "." .. operation.name

    it(name .. " fits the catalogue", function() proper(operation, ask(operation, "")) end)

    local expanded = operation.method ~= "DELETE" and not operation.multipart
      and expansion(operation) or ""
    if expanded ~= "" then
      it(name .. " fits the catalogue when all is expanded", function()
        local response = ask(operation, expanded)
        proper(operation, response)
        if operation.name == "retrieve" or operation.list then
          assert.not_equal(ask(operation, "").body, response.body)
        end
      end)
    end
  end
end)
