--- What every host of a simulator answers beside it.

local core = require "stripe.core"
local hosting = require "stripe.simulator.host"
local simulator = require "stripe.simulator"

local function host(options)
  options = options or {}
  options.simulator = simulator.new { clock = 1800000000 }
  options.url = "http://here.test"
  return hosting.new(options), options.simulator
end

local function message(answer) return assert(core.decode(answer.body)).error.message end

describe("a host", function()
  it("saves and flushes where it can", function()
    local saved, flushed
    local self = host { save = function() saved = true return true end,
      flush = function() flushed = true end }
    assert.equal(200, self:ask { method = "POST", url = "/_sim/save" }.status)
    assert.equal(200, self:ask { method = "POST", url = "/_sim/deliveries/flush" }.status)
    assert.same({ true, true }, { saved, flushed })
  end)

  it("says why nothing is saved", function()
    local answer = host():ask { method = "POST", url = "/_sim/save" }
    assert.same({ 400, "The simulator has no state file." }, { answer.status, message(answer) })
    answer = host { save = function() return nil, "disk full" end }
      :ask { method = "POST", url = "/_sim/save" }
    assert.same({ 500, "disk full" }, { answer.status, message(answer) })
  end)

  it("has file URLs lead to it, in accounts that are, that come and that are restored", function()
    local self, sim = host()
    assert.equal("http://here.test", sim:account "sk_test_1".settings.files_url)
    local other = simulator.new { settings = { files_url = "http://there.test" } }
    other:account "sk_test_2"
    local answer = self:ask { method = "POST", url = "/_sim/restore",
      body = core.json(other:snapshot()) }
    assert.equal(200, answer.status, answer.body)
    assert.equal("http://here.test", sim:account "sk_test_2".settings.files_url)
    assert.equal("http://here.test", sim:account "sk_test_3".settings.files_url)
  end)

  it("answers 500 for what throws, now and after an exchange with the outside", function()
    local traces = {}
    local self, sim = host { failure = function(trace) traces[#traces + 1] = trace end }
    function sim.handle() error "broken" end
    assert.equal(500, self:ask { method = "GET", url = "/v1/events" }.status)
    assert.equal(500, self:ask { method = "GET", url = "/links/none" }.status)
    local answer = self:resume({ resume = function(reply) error(reply.status) end },
      { status = 3 })
    assert.equal(500, answer.status)
    assert.equal("The simulator failed; its log says where.", message(answer))
    assert.matches("broken.*traceback", traces[1])
    assert.equal(3, #traces)
  end)
end)
