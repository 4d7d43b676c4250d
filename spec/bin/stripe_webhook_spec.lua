--- The program stripe-webhook, as a process.

local http = require "spec.support.http_client"

if not http.available then
  describe("stripe-webhook", function() pending "needs lua-http" end)
  return
end

local core = require "stripe.core"
local cqueues = require "cqueues"
local sim_process = require "spec.support.sim_process"
local stripe = require "stripe"
local terminal = require "spec.support.terminal"

local SECRET = "whsec_command_spec"
local BODY = '{\n  "id": "evt_1",\n  "object": "event",\n  "type": "climate.order.delivered",\n'
  .. '  "data": {\n    "object": {\n      "id": "climorder_1"\n    }\n  }\n}'

local files = {}

local function file(text)
  local path = os.tmpname()
  local out = assert(io.open(path, "wb"))
  out:write(text)
  out:close()
  files[#files + 1] = path
  return path
end

-- Runs it to its end: output (both streams) and exit code.
local function run(arguments, environment)
  local pipe = assert(io.popen(("env -u STRIPE_WEBHOOK_SECRET %s bin/stripe-webhook %s 2>&1; "
    .. "echo $?"):format(environment or "", arguments)))
  local output, code = pipe:read("*a"):match "^(.-)(%d+)\n$"
  pipe:close()
  return output, tonumber(code)
end

-- Starts it: { port, pid, line() -> the next line, stop() -> the rest }.
local function start(arguments, environment)
  local pipe = assert(io.popen(("echo $$; exec env %s bin/stripe-webhook listen --port 0 %s 2>&1")
    :format(environment or "", arguments)))
  local pid, line = pipe:read "*l", pipe:read "*l"
  local self = { pid = pid, first = line, port = tonumber((line or ""):match ":(%d+)$") }
  assert(self.port, line)
  function self.line() return pipe:read "*l" end
  function self.stop()
    os.execute("kill -TERM " .. pid)
    local rest = pipe:read "*a"
    pipe:close()
    return rest
  end
  return self
end

local function ask(port, method, body, signature)
  local response, problem
  local loop = cqueues.new()
  loop:wrap(function()
    response, problem = http.connect(port):ask(method, "/hook", body,
      { ["Content-Type"] = "application/json", ["Stripe-Signature"] = signature })
  end)
  assert(loop:loop(20))
  assert(response, problem)
  return response.status, response.body
end

describe("stripe-webhook", function()
  after_each(function()
    for _, path in ipairs(files) do os.remove(path) end
    files = {}
  end)

  describe("verify", function()
    it("says that a payload is signed, by which secret, and what it is", function()
      local header = stripe.webhook.sign(BODY, SECRET, { timestamp = 1767225600 })
      local output, code = run(("verify %s --header '%s' --secret other=whsec_a --secret main=%s "
        .. "--now 1767225612"):format(file(BODY), header, SECRET))
      assert.equal("valid: signed at 2026-01-01 00:00:00 UTC, 12 s ago, with the secret named "
        .. '"main"; climate.order.delivered evt_1 climorder_1\n', output)
      assert.equal(0, code)
    end)

    it("reads standard input, and secrets from a file or the environment", function()
      local header = stripe.webhook.sign(BODY, SECRET)
      local input = ("<%s --header '%s'"):format(file(BODY), header)
      assert.equal(0, select(2, run("verify - " .. input .. " --secret-file "
        .. file("whsec_a\n\n main=" .. SECRET .. " \n"))))
      assert.equal(0, select(2, run("verify " .. input, "STRIPE_WEBHOOK_SECRET=" .. SECRET)))
      assert.equal(1, select(2, run("verify " .. input .. " --secret whsec_a",
        "STRIPE_WEBHOOK_SECRET=" .. SECRET)))
    end)

    it("takes the bytes as they are", function()
      local body = "a\0b\r\n\255"
      assert.equal(0, select(2, run(("verify %s --header '%s' --secret %s"):format(file(body),
        stripe.webhook.sign(body, SECRET), SECRET))))
    end)

    it("finds the header among all headers of a request", function()
      local headers = file("Host: example.com\r\nstripe-signature:  "
        .. stripe.webhook.sign(BODY, SECRET) .. "\r\nAccept: */*\r\n\r\n")
      assert.equal(0, select(2, run(("verify %s --header-file %s --secret %s"):format(file(BODY),
        headers, SECRET))))
    end)

    it("says why a payload is refused, without secrets", function()
      local header = stripe.webhook.sign(BODY, SECRET)
      local output, code = run(("verify %s --header '%s' --secret %s"):format(file(BODY .. "\n"),
        header, SECRET))
      assert.equal(1, code)
      assert.equal("refused: no signature in the header fits the payload and the secret; valid if "
        .. "the trailing newline is removed (signature_mismatch)\n", output)
      output, code = run(("verify %s --header '%s' --secret whsec_a --other-secret test=%s")
        :format(file(BODY), header, SECRET))
      assert.equal(1, code)
      assert.matches('signed with the secret named "test"', output)
    end)

    it("minds the age on request", function()
      local arguments = ("verify %s --header '%s' --secret %s"):format(file(BODY),
        stripe.webhook.sign(BODY, SECRET, { timestamp = 1767225600 }), SECRET)
      assert.equal(0, select(2, run(arguments)))
      local output, code = run(arguments .. " --tolerance 300 --now 1767226012")
      assert.equal(1, code)
      assert.matches("the clock here is 412 s ahead", output)
    end)

    it("ends with 2 when it is called wrongly", function()
      local payload = file(BODY)
      for arguments, pattern in pairs {
        [""] = "a command is required",
        ["verify " .. payload .. " --secret a"] = "give %-%-header",
        ["verify " .. payload .. " --header t=1"] = "no secret",
        ["verify " .. payload .. " --header t=1 --secret ' '"] = "blank",
        ["verify " .. payload .. " --header t=1 --secret a --secret-file b"] = "can not be used",
        ["verify /nowhere --header t=1 --secret a"] = "/nowhere",
        ["verify " .. payload .. " --header t=1 --secret a --tolerance x"] = "no whole number",
        ["verify " .. payload .. " --header t=1 --secret-file " .. file("\n")] = "no secret in it",
        ["verify / --header t=1 --secret a"] = "can't be read",
        ["sign " .. payload .. " --secret a --scheme v1="] = "a word such as v1",
        ["listen --port 70000 --secret a"] = "at most 65535",
        ["listen --forward-to nowhere --secret a"] = "must be a URL",
        ["trigger a.b --api-base nowhere"] = "must be a URL",
        ["trigger a.b --override status"] = "must be a member and its value",
      } do
        local output, code = run(arguments)
        assert.equal(2, code, arguments)
        assert.matches(pattern, output)
      end
    end)

    it("has help for each command", function()
      for _, command in ipairs { "", "verify", "sign", "listen", "trigger" } do
        local output, code = run(command .. " --help")
        assert.equal(0, code)
        assert.matches("^Usage: stripe%-webhook " .. command, output)
      end
    end)
  end)

  describe("sign", function()
    it("prints the header", function()
      local output, code = run(("sign %s --secret %s --timestamp 1767225600"):format(file(BODY),
        SECRET))
      assert.equal(0, code)
      assert.equal("Stripe-Signature: "
        .. stripe.webhook.sign(BODY, SECRET, { timestamp = 1767225600 }) .. "\n", output)
      output = run(("sign <%s --secret a --secret b --timestamp 7 --scheme v0"):format(file "{}"))
      assert.equal("Stripe-Signature: "
        .. stripe.webhook.sign("{}", { "a", "b" }, { timestamp = 7, scheme = "v0" }) .. "\n",
        output)
    end)

    it("says so when its output can't be written", function()
      local pipe = assert(io.popen(("{ bin/stripe-webhook sign %s --secret %s >/dev/full; echo $? "
        .. ">&2; } 2>&1"):format(file(BODY), SECRET)))
      assert.equal("stripe-webhook: what there is to say can't be written: No space left on "
        .. "device\n2\n", pipe:read "*a")
      pipe:close()
    end)

    it("prints a command that a shell can run, and that is valid where it arrives", function()
      local listening = start("--secret " .. SECRET)
      local text = '{"id":"evt_\'quoted\'","object":"event","type":"a.b"}'
      for _, from in ipairs { "%s", "- <%s" } do
        local command = run(("sign --curl --url http://127.0.0.1:%d/ --secret %s " .. from)
          :format(listening.port, SECRET, file(text)))
        local pipe = assert(io.popen((command:gsub("\n$", ""))))
        assert.equal('{"received":true}', pipe:read "*a")
        pipe:close()
        assert.matches("valid a%.b evt_'quoted' %-$", listening.line())
      end
      listening.stop()
      assert.equal(2, select(2, run("sign --curl --secret a <" .. file "\0")))
    end)
  end)

  describe("listen", function()
    it("prints a line for each request, and answers by the verdict alone", function()
      local listening = start(("--secret main=%s --other-secret live=whsec_live"):format(SECRET))
      assert.matches("^listening on http://127%.0%.0%.1:%d+$", listening.first)
      local status, answer = ask(listening.port, "POST", BODY, stripe.webhook.sign(BODY, SECRET))
      assert.equal(200, status)
      assert.equal('{"received":true}', answer)
      assert.matches("^%d%d:%d%d:%d%d valid climate%.order%.delivered evt_1 climorder_1 main$",
        listening.line())

      status, answer = ask(listening.port, "POST", BODY, stripe.webhook.sign(BODY, "whsec_live"))
      assert.equal(400, status)
      assert.equal('{"received":false}', answer)
      assert.matches('refused .*signed with the secret named "live" %(signature_mismatch%)$',
        listening.line())

      assert.equal(400, (ask(listening.port, "POST", BODY)))
      assert.matches("no header Stripe%-Signature", listening.line())
      assert.equal(405, (ask(listening.port, "GET")))
      assert.matches("refused GET: events are POSTed", listening.line())
      assert.equal("", listening.stop())
    end)

    it("shows no control characters of an event to the terminal", function()
      local listening = start("--secret " .. SECRET)
      local body = '{"object":"event","id":"\\u001b[31m","type":"a\\nb"}'
      ask(listening.port, "POST", body, stripe.webhook.sign(body, SECRET))
      assert.matches("valid a%?b %?%[31m %-$", listening.line())
      listening.stop()
    end)

    it("prints events in full on request", function()
      local listening = start("-v --secret " .. SECRET)
      local body = '{"object":"event","id":"evt_1"}'
      ask(listening.port, "POST", body, stripe.webhook.sign(body, SECRET))
      listening.line()
      assert.equal("{", listening.line())
      assert.equal('  "object": "event",', listening.line())
      listening.stop()
    end)

    it("forwards what is valid as it came, and answers what it was answered", function()
      local target = start("--secret " .. SECRET)
      local listening = start(("--secret %s --secret second=whsec_b --forward-to "
        .. "http://127.0.0.1:%d/x"):format(SECRET, target.port))
      assert.equal(200, (ask(listening.port, "POST", BODY, stripe.webhook.sign(BODY, SECRET))))
      assert.matches("valid climate%.order%.delivered evt_1 climorder_1$", target.line())
      assert.matches("climorder_1  %-> 200 %d+ ms$", listening.line())

      assert.equal(400, (ask(listening.port, "POST", BODY, stripe.webhook.sign(BODY, "whsec_b"))))
      assert.matches("refused", target.line())
      assert.matches("valid .* second  %-> 400 %d+ ms$", listening.line())

      target.stop()
      assert.equal(502, (ask(listening.port, "POST", BODY, stripe.webhook.sign(BODY, SECRET))))
      assert.matches("%-> connect %d+ ms$", listening.line())
      listening.stop()
    end)

    it("forwards with the host of the URL", function()
      local server = assert(require("cqueues.socket").listen("127.0.0.1", 0))
      assert(server:listen())
      local _, _, port = server:localname()
      local listening = start(("--secret %s --forward-to http://localhost:%d/x"):format(SECRET,
        port))
      local lines, loop = {}, cqueues.new()
      loop:wrap(function()
        local peer = assert(server:accept(10))
        peer:setmode("bn", "bn")
        repeat -- no loop of for: that of 5.1 can't wait
          lines[#lines + 1] = peer:read("*l"):gsub("\r$", ""):lower()
        until lines[#lines] == ""
        peer:read(#BODY)
        peer:write "HTTP/1.1 204 No Content\r\n\r\n"
        peer:close()
      end)
      local status
      loop:wrap(function()
        status = http.connect(listening.port):ask("POST", "/", BODY,
          { ["Stripe-Signature"] = stripe.webhook.sign(BODY, SECRET) }).status
      end)
      assert(loop:loop(20))
      listening.stop()
      server:close()
      assert.equal(204, status)
      local hosts = {}
      for _, line in ipairs(lines) do hosts[#hosts + 1] = line:match "^host: (.*)$" end
      assert.same({ ("localhost:%d"):format(port) }, hosts)
    end)

    it("has colours on a terminal only, and none where they are not wanted", function()
      if not terminal.available() then return pending "there is no /dev/pts here" end
      local function output(arguments, environment)
        local transcript = file ""
        local inner = ("echo $$; exec %s bin/stripe-webhook listen --port 0 --secret %s %s"):format(
          environment, SECRET, arguments)
        local pipe = assert(io.popen(("script -qefc '%s' %s </dev/null"):format(inner, transcript)))
        local pid, line = pipe:read("*l"):match "%d+", pipe:read "*l"
        local port = tonumber(line:match ":(%d+)")
        ask(port, "POST", BODY, stripe.webhook.sign(BODY, SECRET))
        local text = pipe:read "*l"
        os.execute("kill -TERM " .. pid)
        pipe:read "*a"
        pipe:close()
        return text
      end
      assert.matches("\27%[32mvalid\27%[0m", output("", "env -u NO_COLOR"))
      assert.is_nil(output("", "env NO_COLOR=1"):find "\27")
      assert.is_nil(output("--no-color", "env -u NO_COLOR"):find "\27")
    end)

    it("ends with 1 when the port is taken", function()
      local listening = start("--secret a")
      local output, code = run(("listen --secret a --port %d"):format(listening.port))
      listening.stop()
      assert.equal(1, code)
      assert.matches("127%.0%.0%.1:%d+: ", output)
    end)
  end)

  describe("trigger", function()
    it("makes a simulator record an event with the members that it is given", function()
      local sim = sim_process.start()
      local output, code = run(("trigger climate.order.delivered --api-base %s/ "
        .. "--api-key sk_test_1 --override status=canceled --override metadata.order='\"7\"' "
        .. "--override metadata.kind=a=b --override amount_total=500"):format(sim.url))
      assert.equal(0, code, output)
      assert.matches("^climate%.order%.delivered evt_%w+ climorder_%w+\n$", output)
      local events = assert(sim:client().events:list())
      local event = events.data[1]
      assert.equal(output:match "evt_%w+", event.id)
      local object = event.data.object
      assert.equal("canceled", object.status)
      assert.same({ order = "7", kind = "a=b" }, object.metadata)
      assert.equal(500, object.amount_total)

      output, code = run("trigger climate.order.nothing --api-base " .. sim.url)
      assert.equal(1, code)
      assert.matches("unknown event type", output)
      sim:stop()
    end)

    it("ends with 1 when nobody listens", function()
      local listening = start("--secret a")
      listening.stop()
      local output, code = run("trigger a.b --api-base http://127.0.0.1:" .. listening.port)
      assert.equal(1, code)
      assert.matches("is stripe%-sim running there%?", output)
    end)

    it("ends with 1 when something else listens", function()
      local listening = start("--secret a")
      local output, code = run("trigger a.b --api-base http://127.0.0.1:" .. listening.port)
      listening.stop()
      assert.equal(1, code)
      assert.matches("answered 400: it is no stripe%-sim", output)
    end)

    it("ends with 1 when something else answers 200", function()
      local server = assert(require("cqueues.socket").listen("127.0.0.1", 0))
      assert(server:listen())
      local _, _, port = server:localname()
      local pipe = assert(io.popen(("bin/stripe-webhook trigger a.b --api-base "
        .. "http://127.0.0.1:%d 2>&1; echo $?"):format(port)))
      local peer = assert(server:accept(10))
      peer:setmode("bn", "bn")
      local line, length
      repeat
        line = peer:read "*l"
        length = line:lower():match "^content%-length: (%d+)" or length
      until line == "\r"
      peer:read(tonumber(length))
      peer:write "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
      peer:close()
      local output = pipe:read "*a"
      pipe:close()
      server:close()
      assert.matches("answered 200: it is no stripe%-sim\n1\n$", output)
    end)
  end)

  it("goes all the way: a simulator's event, signed, sent and verified", function()
    local event = assert(stripe.simulator.new().events:trigger("climate.order.delivered"))
    local body = core.json(event)
    local listening = start("--secret " .. SECRET)
    assert.equal(200, (ask(listening.port, "POST", body, stripe.webhook.sign(body, SECRET))))
    assert.matches("valid climate%.order%.delivered evt_%w+ climorder_%w+$", listening.line())
    listening.stop()
  end)
end)
