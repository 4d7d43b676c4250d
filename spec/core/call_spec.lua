local core = require "stripe.core"
local scripted = require "spec.support.scripted"

local refusal, success = scripted.refusal, scripted.success

local function with_id(status, id)
  return refusal(status, nil, { ["Request-Id"] = id })
end

describe("A call", function()
  it("sends, and is done with the answer", function()
    local call = scripted.call()
    assert.equal("send", (call:next(0)))
    call:request()
    call:answer(1, success)
    assert.equal("done", (call:next(1)))
    assert.is_true(call:ok())
    assert.is_nil((call:problem()))
  end)

  it("waits between attempts, and says how long is left of the wait", function()
    local call = scripted.call()
    call:next(0)
    call:request()
    call:answer(0, refusal(500))
    local action, seconds = call:next(0)
    assert.equal("wait", action)
    assert.equal(0.5, seconds)
    action, seconds = call:next(0.25)
    assert.equal("wait", action)
    assert.equal(0.25, seconds)
    assert.equal("send", (call:next(0.5)))
  end)

  it("waits once although sums of times are rounded", function()
    for seed = 1, 200 do
      local now = seed / 1e4
      local call = scripted.call { max_retries = 6, seed = seed, now = now }
      assert.equal(6, #scripted.run(call, { refusal(500) }, now).waits)
    end
  end)

  it("sends exactly one request when max_retries is 0", function()
    local call = scripted.order { max_retries = 0 }
    local log = scripted.run(call, { refusal(503) })
    assert.equal(1, #log.requests)
    assert.same({}, log.waits)
  end)

  it("cannot be asked what to do while its request is under way", function()
    local call = scripted.call()
    call:next(0)
    call:request()
    assert.has_error(function() call:next(0) end)
  end)

  it("keeps the answer when something late is reported", function()
    local call = scripted.call()
    scripted.run(call, { success })
    call:failure(9, "reset", "late")
    call:answer(9, refusal(500))
    call:cancel(9, "late")
    assert.equal(200, call:status())
    assert.is_nil((call:problem()))
    assert.equal(1, #call:attempts())
  end)
end)

describe("The idempotency key", function()
  local function keys(call)
    local found = {}
    for i, request in ipairs(scripted.run(call, { refusal(500) }).requests) do
      found[i] = request.headers["idempotency-key"] or false
    end
    return found
  end

  it("is a random UUID of version 4, the same on each retry", function()
    local call = scripted.order()
    local key = call:idempotency_key()
    local hex = "%x%x%x%x"
    assert.truthy(key:match("^" .. hex .. hex .. "%-" .. hex .. "%-4%x%x%x%-[89ab]%x%x%x%-"
      .. hex .. hex .. hex .. "$"), key)
    assert.same({ key, key, key }, keys(call))
  end)

  it("is another one for another call", function()
    assert.are_not.equal(scripted.order():idempotency_key(), scripted.order():idempotency_key())
  end)

  it("is there on every POST, with no retries and without an operation too", function()
    assert.truthy(scripted.order { max_retries = 0 }:idempotency_key())
    assert.truthy(scripted.call { method = "POST", path = "/v1/x" }:idempotency_key())
    assert.truthy(scripted.call { operation = "climate.orders.cancel" }:idempotency_key())
  end)

  it("is the caller's when given", function()
    assert.same({ "my-key", "my-key", "my-key" }, keys(scripted.order {
      idempotency_key = "my-key" }))
  end)

  it("is never made for a GET or a DELETE", function()
    assert.same({ false, false, false }, keys(scripted.call()))
    assert.same({ false, false, false }, keys(scripted.call {
      operation = "webhook_endpoints.delete", ids = { "we_1" } }))
  end)

  it("goes out with a GET all the same when the caller gave one", function()
    assert.equal("mine", keys(scripted.call { idempotency_key = "mine" })[1])
  end)

  it("may be 255 visible ASCII characters, and nothing else", function()
    assert.equal(255, #scripted.order { idempotency_key = ("k"):rep(255) }:idempotency_key())
    for _, key in ipairs { "", ("k"):rep(256), "a b", "a\nb", "\195\169", "a\0b" } do
      local call, problem = core.call(scripted.options { idempotency_key = key })
      assert.is_nil(call)
      assert.equal("text", problem.kind)
      assert.equal("idempotency_key", problem.param)
      assert.truthy(problem.message:find("idempotency_key", 1, true))
    end
  end)
end)

describe("The deadline", function()
  it("bounds the timeout of each attempt", function()
    local call = scripted.call { timeout = 80, deadline = 100 }
    local log = scripted.run(call, { { kind = "timeout", takes = 80 }, success })
    assert.equal(80, log.requests[1].timeout)
    assert.equal(100 - 80 - log.waits[1], log.requests[2].timeout)
  end)

  it("ends the call when an attempt takes all of it", function()
    local call = scripted.call { timeout = 80, deadline = 10 }
    local log = scripted.run(call, { { kind = "timeout", takes = 10 } })
    assert.equal(1, #log.requests)
    assert.equal("deadline", (call:problem()))
    assert.equal("timeout", call:attempts()[1].failure)
    assert.equal("maybe", call:sent())
  end)

  it("ends the call even when the transport's clock was a little early", function()
    local call = scripted.call { deadline = 10 }
    scripted.run(call, { { kind = "timeout", takes = 9.999 } })
    assert.equal("deadline", (call:problem()))
    assert.equal(1, #call:attempts())
  end)

  it("cuts a wait short, ends the call there, and keeps the history", function()
    local call = scripted.call { deadline = 0.75 }
    local log = scripted.run(call, { with_id(500, "req_a") , { kind = "reset" } })
    assert.same({ 0.5, 0.25 }, log.waits)
    assert.equal(0.75, log.now)
    assert.equal("deadline", (call:problem()))
    assert.is_nil(call:status())
    assert.equal("req_a", call:attempts()[1].request_id)
    assert.equal("reset", call:attempts()[2].failure)
  end)

  it("does not hide an answer that came after it", function()
    local call = scripted.call { deadline = 5 }
    local late = { status = 500, body = "{}", takes = 6 }
    assert.equal(1, #scripted.run(call, { late }).requests)
    assert.equal(500, call:status())
    assert.is_nil((call:problem()))
  end)

  it("ends a call before its first request, too", function()
    local call = scripted.call { deadline = 5 }
    assert.equal("done", (call:next(5)))
    assert.equal("deadline", (call:problem()))
    assert.equal("no", call:sent())
    assert.same({}, call:attempts())
  end)

  it("is told in seconds left, never below none", function()
    local call = scripted.call { deadline = 5, now = 100 }
    assert.equal(3, call:seconds_left(102))
    assert.equal(0, call:seconds_left(200))
    assert.is_nil(scripted.call():seconds_left(1))
  end)
end)

describe("The history", function()
  it("has an entry for each attempt", function()
    local call = scripted.call { now = 1000 }
    local first = with_id(500, "req_1")
    first.takes = 2
    scripted.run(call, { first, { kind = "reset", takes = 1 }, with_id(400, "req_3") }, 1000)
    local attempts = call:attempts()
    assert.equal(3, #attempts)
    assert.same({ n = 1, status = 500, request_id = "req_1", started = 1000, duration = 2,
      slept = 0 }, attempts[1])
    assert.same({ n = 2, failure = "reset", started = 1002.5, duration = 1, slept = 0.5 },
      attempts[2])
    assert.equal(400, attempts[3].status)
    assert.equal("req_3", attempts[3].request_id)
    assert.is_true(attempts[3].slept >= 0.5 and attempts[3].slept <= 1)
    assert.equal("req_3", call:request_id())
  end)

  it("does not give the request id of an earlier attempt to one without an answer", function()
    local call = scripted.call()
    scripted.run(call, { with_id(500, "req_1"), { kind = "reset" } })
    assert.is_nil(call:attempts()[2].request_id)
    assert.is_nil(call:request_id())
  end)

  it("counts the wait for a limiter as slept, before the attempt started", function()
    local call = scripted.call()
    call:next(0)
    call:throttled(1.5)
    call:request()
    call:answer(2, success)
    local attempt = call:attempts()[1]
    assert.equal(1.5, attempt.slept)
    assert.equal(1.5, attempt.started)
    assert.equal(0.5, attempt.duration)
  end)

  it("adds up the wait of the backoff and of the limiter", function()
    local call = scripted.call()
    call:next(0)
    call:request()
    call:answer(0, refusal(500))
    call:next(0)
    call:next(0.5)
    call:throttled(2)
    assert.equal("send", (call:next(2.5)))
    call:request()
    call:answer(3, success)
    assert.equal(2.5, call:attempts()[2].slept)
    assert.equal(2.5, call:attempts()[2].started)
  end)
end)

describe("Canceling", function()
  local function canceled(prepare)
    local call = scripted.call()
    prepare(call)
    call:cancel(7, "enough")
    assert.equal("done", (call:next(7)))
    local kind, message = call:problem()
    assert.equal("canceled", kind)
    assert.equal("enough", message)
    assert.is_false(call:retryable())
    assert.is_nil(call:status())
    return call
  end

  it("before the first request leaves nothing sent", function()
    local call = canceled(function(call) call:next(0) end)
    assert.equal("no", call:sent())
    assert.same({}, call:attempts())
  end)

  it("while a request is under way leaves it perhaps sent", function()
    local call = canceled(function(call) call:next(0) call:request() end)
    assert.equal("maybe", call:sent())
    assert.equal("canceled", call:attempts()[1].failure)
  end)

  it("wakes a wait", function()
    local call = canceled(function(call)
      call:next(0)
      call:request()
      call:answer(0, refusal(500))
      assert.equal("wait", (call:next(0)))
    end)
    assert.equal("yes", call:sent())
    assert.equal(1, #call:attempts())
  end)
end)

describe("Whether the request was sent", function()
  local function sent(...)
    local call = scripted.order()
    scripted.run(call, { ... })
    return call:sent()
  end

  it("is no as long as no connection came about", function()
    assert.equal("no", scripted.order():sent())
    assert.equal("no", sent { kind = "connect" })
    assert.equal("no", sent { kind = "resolve" })
    assert.equal("no", sent { kind = "tls" })
  end)

  it("is maybe when it was under way without an answer", function()
    assert.equal("maybe", sent { kind = "timeout" })
    assert.equal("maybe", sent({ kind = "reset" }, { kind = "connect" }))
    local call = scripted.order()
    call:next(0)
    call:request()
    assert.equal("maybe", call:sent())
  end)

  it("is yes once it was answered", function()
    assert.equal("yes", sent(success))
    assert.equal("yes", sent(refusal(400)))
    assert.equal("yes", sent({ kind = "reset" }, refusal(409), { kind = "connect" }))
  end)

  it("stays yes, whatever comes of the attempts after that", function()
    assert.equal("yes", sent(refusal(500), { kind = "reset" }))
    assert.equal("yes", sent({ kind = "reset", sent = "yes" }, { kind = "timeout" }))
    local call = scripted.order()
    scripted.run(call, { refusal(500), function(_, now)
      assert.equal("yes", call:sent())
      call:cancel(now, "enough")
    end })
    assert.equal("yes", call:sent())
  end)

  it("is what the transport says when it says so", function()
    assert.equal("no", sent { kind = "timeout", sent = "no" })
    assert.equal("yes", sent { kind = "reset", sent = "yes" })
  end)

  it("is no when the driver gave up before it took the request", function()
    local call = scripted.order { max_retries = 0 }
    call:next(0)
    call:failure(0, "aborted", "no transport")
    assert.equal("no", call:sent())
  end)
end)

describe("A failure", function()
  it("keeps its kind and message", function()
    local call = scripted.call { max_retries = 0 }
    scripted.run(call, { { kind = "connect", message = "refused" } })
    local kind, message = call:problem()
    assert.equal("connect", kind)
    assert.equal("refused", message)
    assert.is_false(call:ok())
    assert.is_nil(call:status())
    assert.is_nil(call:body())
    assert.is_nil(call:error_body())
  end)

  it("of a kind that there is not counts as one of the protocol", function()
    local call = scripted.call()
    scripted.run(call, { { kind = "closed", message = "by peer" } })
    local kind, message = call:problem()
    assert.equal("protocol", kind)
    assert.equal("closed: by peer", message)
    assert.equal(1, #call:attempts())
  end)
end)
