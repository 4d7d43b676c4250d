--- What the three examples stand on: a client, an endpoint for webhooks, and what the script that
-- starts them has to say.
--
-- The secrets of webhooks and cookies come in files of nginx's prefix that only their owner reads,
-- so that no list of processes shows them.

local cjson = require "cjson.safe"
local resty = require "stripe.resty"

local setup = {}

local function from_file(name)
  local file = io.open(ngx.config.prefix() .. name, "rb")
  if not file then return nil end
  local text = file:read("*l")
  file:close()
  return text
end

local function from_environment(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- Where the simulator listens; nil: this is Stripe.
setup.simulator = from_environment "STRIPE_SIMULATOR"

setup.cookie_secret = assert(from_file "cookie.secret", "start this by examples/nginx/run")

local webhook_secret = from_environment "STRIPE_WEBHOOK_SECRET" or from_file "webhook.secret"

--- Whether webhooks arrive here.
setup.hears = webhook_secret ~= nil

setup.client = resty.client {
  api_key = from_environment "STRIPE_SECRET_KEY", base_url = setup.simulator,
  timeout = 10, deadline = 20,
}

--- An endpoint for webhooks; without a secret nobody is let in.
-- @tparam table options of `stripe.resty.webhook`
function setup.webhook(options)
  if not webhook_secret then
    return function() return ngx.exit(404) end
  end
  options.secrets = { webhook_secret }
  options.store = { dict = "events" }
  return resty.webhook(options)
end

--- Does what only the other side can do: asks a control route of the simulator, through nginx.
-- @string path below /_sim
-- @tparam table body
-- @treturn[1] table the answer
-- @treturn[2] nil
-- @treturn[2] string why not
function setup.simulate(path, body)
  local answer = ngx.location.capture("/_sim" .. path, {
    method = ngx.HTTP_POST, body = next(body) and cjson.encode(body) or "{}",
  })
  local value = cjson.decode(answer.body)
  if answer.status == 200 and value then return value end
  local err = type(value) == "table" and value.error
  return nil, err and err.message or ("the simulator answered %d"):format(answer.status)
end

return setup
