--- An endpoint that quotes onramps: the answer of Stripe for a few seconds, shared by all workers.
--
--     location = /quotes { content_by_lua_block { quotes() } }
--
-- The query may hold `source_amount` or `destination_amount`, `source_currency`, and lists with
-- commas, `destination_currencies` and `destination_networks`. One worker asks Stripe, others wait
-- for it a moment; when Stripe fails an old quote is better than none, and says so.
-- @module stripe.resty.quotes

local core = require "stripe.core"
local Dict = require "stripe.resty.dict"
local Misuse = require "stripe.misuse"
local with = require "stripe.with"

local Quotes = {}
local metatable = { __name = "stripe.resty.quotes", __index = Quotes }

local DEFAULTS = { dict = "stripe", ttl = 10, stale = 60, wait = 3 }

local PARAMS = {
  source_amount = "text", destination_amount = "text", source_currency = "text",
  destination_currencies = "list", destination_networks = "list",
}

-- The parameters of a query, and one text for all queries that mean the same.
local function read(self, args)
  local params, names = {}, {}
  for name, value in pairs(args) do
    local kind = PARAMS[name]
    if not kind or type(value) ~= "string" or #value > 200 or not value:find("^[%w_.,-]+$") then
      return nil, ("%s: not a parameter of quotes, or not a value of one"):format(tostring(name))
    end
    if kind == "list" then
      local list = {}
      for word in value:lower():gmatch "[^,]+" do list[#list + 1] = word end
      table.sort(list)
      params[name] = list
    else
      params[name] = value
    end
  end
  with(params, self.params)
  for name in pairs(params) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = params[name]
    names[i] = name .. "=" .. (type(value) == "table" and table.concat(value, ",") or value)
  end
  return params, nil, table.concat(names, "&")
end

local function send(ngx, status, body, age, stale)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  if status == 200 then
    ngx.header["Age"] = math.floor(age)
    if stale then ngx.header["Warning"] = '110 - "Response is Stale"' end
  end
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(body)
  return ngx.exit(status)
end

-- What is kept: the time and the body. A kept answer is thrown out when the dictionary is full.
local function kept(self, key)
  local line = self.dict:get("quote:" .. key)
  if not line then return nil end
  local time, body = line:match("^([%d.]+) (.*)$")
  return body, package.loaded.ngx.now() - tonumber(time)
end

-- A network without quotes has an empty list; a Lua table that is empty would show as an object.
local function keep_lists(quotes)
  for network, list in pairs(quotes.destination_network_quotes or {}) do
    if type(list) == "table" and next(list) == nil then
      quotes.destination_network_quotes[network] = core.empty_array
    end
  end
end

local function fetch(self, params, key)
  local quotes, err = self.client.crypto.onramp_quotes:retrieve(params, self.options)
  if not quotes then return nil, err end
  keep_lists(quotes)
  local body = core.json(quotes)
  self.dict:set("quote:" .. key, ("%.3f %s"):format(package.loaded.ngx.now(), body),
    self.ttl + self.stale)
  return body
end

-- What is wrong with the query, in words for who sent it; nil when it is no fault of theirs. A key
-- that Stripe refuses, for one, is not.
local function fault(err)
  if err.type == "validation_error" and err.code ~= "phase" then
    return (err.message:gsub(" To send [^.]*, pass validate = false%.$", ""))
  end
  return err.type == "invalid_request_error" and err.status == 400 and err.message or nil
end

local function serve(self)
  local ngx = package.loaded.ngx
  local params, wrong, key = read(self, ngx.req.get_uri_args(20))
  if not params then
    return send(ngx, 400, core.json { error = { message = wrong } })
  end
  local deadline = ngx.now() + self.wait
  while true do
    local body, age = kept(self, key)
    if body and age <= self.ttl then return send(ngx, 200, body, age) end
    if self.dict:add("quoting:" .. key, 1, self.wait) then
      local fresh, err = fetch(self, params, key)
      self.dict:delete("quoting:" .. key)
      if fresh then return send(ngx, 200, fresh, 0) end
      local refused = fault(err)
      ngx.log(refused and ngx.INFO or ngx.WARN, "stripe quotes: ", tostring(err))
      if body and not refused then return send(ngx, 200, body, age, true) end
      return send(ngx, refused and 400 or 503, core.json {
        error = { message = refused or "No quotes at the moment.",
          code = refused and err.code or nil },
      })
    end
    if ngx.now() >= deadline then
      if body then return send(ngx, 200, body, age, true) end
      return send(ngx, 503, core.json { error = { message = "No quotes at the moment." } })
    end
    ngx.sleep(0.02)
  end
end

metatable.__call = serve

local KNOWN = { client = "table", params = "table", options = "table" }
for name, default in pairs(DEFAULTS) do KNOWN[name] = type(default) end

local function check(options)
  for name, value in pairs(options) do
    if not KNOWN[name] then
      return Misuse.unknown(name, KNOWN)
    elseif KNOWN[name] == "table" and type(value) ~= "table" then
      return ("option %q must be a table"):format(name)
    elseif type(DEFAULTS[name]) == "number"
      and not (type(value) == "number" and value >= 0 and value < math.huge) then
      return ("option %q must be a number of seconds"):format(name)
    end
  end
end

--- Makes an endpoint.
-- @tparam table options
--   `client`; `dict`: the name of a shared dictionary ("stripe"); `ttl` (10): seconds for which a
--   quote is shown; `stale` (60): seconds more for which it is, while Stripe fails; `wait` (3):
--   seconds to wait for another worker's answer; `params`: parameters that the query can't change;
--   `options`: of the call
-- @treturn table call it in the content phase
function Quotes.new(options)
  if type(options) ~= "table" or type(options.client) ~= "table" then
    error("quotes takes a table of options with a client", 2)
  end
  local self = { client = options.client, params = options.params, options = options.options }
  local wrong = check(options)
  if wrong then error(wrong, 2) end
  for name, value in pairs(DEFAULTS) do
    if options[name] == nil then self[name] = value else self[name] = options[name] end
  end
  local dict, message = Dict.open(self.dict)
  if not dict then error(message, 2) end
  self.dict = dict
  return setmetatable(self, metatable)
end

return Quotes
