-- bench: what a server of the bench needs of this machine.

local Host = {}

-- What the API sends beside the answer, in size and number.
local HEADERS = {
  { "access-control-allow-credentials", "true" },
  { "access-control-allow-methods", "GET, HEAD, PUT, PATCH, POST, DELETE" },
  { "access-control-allow-origin", "*" },
  { "access-control-expose-headers", "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry" },
  { "access-control-max-age", "300" },
  { "cache-control", "no-cache, no-store" },
  { "content-security-policy", "base-uri 'none'; default-src 'none'; form-action 'none'; "
    .. "frame-ancestors 'none'; img-src 'self'; script-src 'self'; style-src 'self'" },
  { "request-id", "req_7Yb2QmW0xKcR4d" },
  { "strict-transport-security", "max-age=63072000; includeSubDomains; preload" },
  { "stripe-version", "2026-10-28.endive" },
  { "vary", "Origin" },
  { "x-stripe-priority-routing-enabled", "true" },
  { "x-stripe-routing-context-priority-tier", "api-testmode" },
  { "x-wc", "ABGHIJ" },
}

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

Host.read = read

function Host.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  assert(file:close())
end

function Host.run(command)
  local ok = os.execute(command)
  if ok ~= true and ok ~= 0 then error("failed: " .. command, 2) end
end

--- What a command prints, without the end of its last line.
function Host.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

--- Ports that nobody listens on now.
function Host.free_ports(count)
  local taken = {}
  for _, file in ipairs { "/proc/net/tcp", "/proc/net/tcp6" } do
    for port in read(file):gmatch("%x+:(%x%x%x%x) %x+:%x+ ") do taken[tonumber(port, 16)] = true end
  end
  local ports, port = {}, 20000 + os.time() % 10000
  while #ports < count do
    port = port + 1
    if not taken[port] then ports[#ports + 1] = port end
  end
  return ports
end

--- The order that every server answers with, and its id.
function Host.order()
  local text = read("bench/order.json")
  return text, text:match('"id": "([^"]*)')
end

--- The headers of an answer, as directives of nginx.
function Host.headers()
  local lines = {}
  for i, header in ipairs(HEADERS) do
    lines[i] = ('add_header %s "%s";'):format(header[1], header[2])
  end
  return table.concat(lines, "\n    ")
end

--- Makes key.pem and certificate.pem in a directory.
function Host.certify(prefix)
  Host.run(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "
    .. "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
    .. "-keyout %s/key.pem -out %s/certificate.pem 2>%s/log"):format(prefix, prefix, prefix))
end

return Host
