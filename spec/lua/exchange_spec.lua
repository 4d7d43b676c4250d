-- What a transport may answer: whatever it is, the call ends, since its request has been sent.

local scripted = require "spec.support.scripted"

local function answered(answer)
  local call = scripted.call()
  call:next(0)
  call:request()
  call:answer(1, answer)
  assert.equal("done", (call:next(1)))
  return call
end

describe("A transport's answer", function()
  for name, answer in pairs {
    ["that is no table"] = "200",
    ["without a status"] = { body = "{}" },
    ["whose status is no number"] = { status = "ok" },
    ["whose status is out of range"] = { status = 1e9 },
    ["whose body is no text"] = { status = 200, body = {} },
    ["whose headers hold no text"] = { status = 200, headers = { a = print } },
  } do
    it(name .. " is a failure of the protocol, perhaps done by Stripe", function()
      local call = answered(answer)
      local kind, message = call:problem()
      assert.equal("protocol", kind)
      assert.equal("string", type(message))
      assert.equal("yes", call:sent())
      assert.equal(1, #call:attempts())
    end)
  end

  it("needs neither headers nor a body", function()
    assert.equal(204, answered { status = 204 }:status())
  end)

  it("may be longer than its Content-Length says, and shorter when it was packed", function()
    local headers = { ["Content-Length"] = "4" }
    assert.is_true(answered { status = 200, headers = headers, body = '{"id":"x"}' }:ok())
    headers = { ["Content-Length"] = "400", ["Content-Encoding"] = "gzip" }
    assert.is_true(answered { status = 200, headers = headers, body = '{"id":"x"}' }:ok())
  end)
end)

describe("A list of headers", function()
  it("finds a name in any case, and passes over what its holder has put into it", function()
    local headers = answered { status = 200, headers = { ["X-Custom"] = "yes" } }:headers()
    for _, strange in ipairs { "X-Custom: no", {}, { 1 }, { false, "no" }, 7 } do
      table.insert(headers, 1, strange)
    end
    assert.equal("yes", headers["x-CUSTOM"])
    assert.is_nil(headers["absent"])
    local find = getmetatable(headers).__index
    assert.is_nil(find("text", "absent"))
    assert.is_nil(find(nil, "absent"))
  end)
end)

describe("A checked answer whose object is wanted at once", function()
  local HEADERS = { { "Request-Id", "req_1" }, { "Idempotent-Replayed", "true" } }

  local function given(answer, keep_null, options)
    local call = scripted.call(options)
    call:next(0)
    call:request()
    return call, call:answer(1, answer, keep_null)
  end

  it("ends the call, which gives the object and its lists, and the headers when asked", function()
    local body = '{"id":"x","at":null,"n":2,"items":{"object":"list","data":[]}}'
    local call, done, value, lists = given({ status = 200, headers = HEADERS, body = body }, false)
    assert.is_true(done)
    assert.same({ id = "x", n = 2, items = { object = "list", data = {} } }, value)
    assert.equal(value.items, lists[1])
    assert.equal("done", (call:next(1)))
    assert.equal(200, call:status())
    collectgarbage()
    assert.same({ 1, 200, "req_1" },
      { #call:attempts(), call:attempts()[1].status, call:attempts()[1].request_id })
    assert.equal("req_1", call:request_id())
    assert.is_true(call:replayed())
    assert.same({ HEADERS[1], HEADERS[2] }, { call:headers()[1], call:headers()[2] })
    assert.equal(2, #call:headers())
    assert.equal("yes", call:sent())
  end)

  it("keeps its nulls for who wants them", function()
    local core = require "stripe.core"
    local _, _, value = given({ status = 200, headers = HEADERS, body = '{"at":null}' }, true)
    assert.equal(core.null, value.at)
  end)

  it("is read as any other when it is no success, no object, binary, or has no headers", function()
    local good = { status = 200, headers = HEADERS, body = '{"id":"x"}' }
    for _, row in ipairs {
      { { status = 402, headers = HEADERS, body = '{"error":{"code":"x"}}' } },
      { { status = 200, headers = HEADERS, body = "<p>" } },
      { { status = 200, headers = HEADERS, body = '{"id":' } },
      { { status = 200, headers = { ["Request-Id"] = "req_1" }, body = '{"id":"x"}' } },
      { good, { operation = "files.contents", ids = { "file_1" } } },
      { good, { max_body = 5 } },
    } do
      local answer, options = row[1], row[2] or {}
      options.max_retries = 0
      local call, done, value = given(answer, false, options)
      assert.is_true(done)
      assert.is_nil(value)
      if not options.max_body then assert.equal("req_1", call:request_id()) end
      assert.equal(not options.max_body and answer.body or nil, call:body())
    end
  end)

  it("comes too late for a call that was canceled", function()
    local call = scripted.call()
    call:next(0)
    call:request()
    call:cancel(0, "enough")
    local done, value = call:answer(1, { status = 200, headers = HEADERS, body = "{}" }, false)
    assert.is_true(done)
    assert.is_nil(value)
    assert.equal("canceled", (call:problem()))
  end)
end)

describe("core.call", function()
  local core = require "stripe.core"

  it("throws for options of a wrong type, which no user gives", function()
    for name, value in pairs {
      api_key = 1, timeout = "1", max_body = -1, operation = 10000, headers = "a: b",
    } do
      assert.is_false(pcall(core.call, scripted.options { [name] = value }), name)
    end
    assert.is_false(pcall(core.call))
    assert.is_false(pcall(core.call, scripted.options { base_url = false }))
  end)

  it("returns a problem for parameters that are refused", function()
    local call, problem = core.call(scripted.options {
      operation = "climate.orders.create", ids = {}, params = { produkt = "x" } })
    assert.is_nil(call)
    assert.equal("unknown", problem.kind)
    assert.equal("produkt", problem.param)
  end)

  it("leaves a call that can be collected in any state", function()
    for i = 1, 50 do
      local call = scripted.order()
      if i > 10 then call:next(0) end
      if i > 20 then call:request() end
      if i > 30 then call:answer(0, scripted.refusal(500)) end
    end
    collectgarbage()
    collectgarbage()
  end)
end)
