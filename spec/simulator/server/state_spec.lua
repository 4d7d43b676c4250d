--- The file in which a simulator survives its process.

local simulator = require "stripe.simulator"
local state = require "stripe.simulator.server.state"

local OLD, NEW = "http://127.0.0.1:1111", "http://127.0.0.1:2222"

describe("the state file", function()
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local function read()
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
  end

  local function write(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end

  local function ask(sim, method, target, body, content_type)
    return sim:handle { method = method, url = target, body = body, headers = {
      Authorization = "Bearer sk_test_state", ["Content-Type"] = content_type,
    } }
  end

  it("carries objects, bytes and time into another simulator", function()
    local sim = simulator.new { clock = 1800000000, settings = { files_url = OLD } }
    local created = ask(sim, "POST", "/v1/files", "--b\r\nContent-Disposition: form-data; "
      .. 'name="purpose"\r\n\r\ndispute_evidence\r\n--b\r\nContent-Disposition: form-data; '
      .. 'name="file"; filename="a.png"\r\n\r\n\137PNG\r\n\26\n\0\255\r\n--b--\r\n',
      "multipart/form-data; boundary=b")
    assert.equal(200, created.status, created.body)
    local id = created.body:match('"id":"(file_%w+)"')
    sim:advance(60)
    assert(state.save(sim, path, OLD))
    local other = simulator.new { clock = 1 }
    assert(state.load(other, path, NEW))
    assert.equal(1800000060, other.clock:now())
    local contents = ask(other, "GET", "/v1/files/" .. id .. "/contents")
    assert.equal("\137PNG\r\n\26\n\0\255", contents.body)
    local file = ask(other, "GET", "/v1/files/" .. id).body
    assert.truthy(file:find('"url":"' .. NEW .. "/v1/files/" .. id .. '/contents"', 1, true), file)
  end)

  it("is an empty state when there is none", function()
    os.remove(path)
    assert.is_true(state.load(simulator.new(), path, NEW))
  end)

  it("is left alone when it can't be read", function()
    for _, text in ipairs { "", "{", "7", "{}", '{"snapshot":{"accounts":[{"format":9}]}}' } do
      write(text)
      local loaded, problem = state.load(simulator.new(), path, NEW)
      assert.is_nil(loaded, text)
      assert.truthy(problem:find(path, 1, true), problem)
      assert.equal(text, read())
    end
  end)

  it("stays the old one when the new one can't be written", function()
    write "old"
    local saved, problem = state.save(simulator.new(), path .. "/below", NEW)
    assert.is_nil(saved)
    assert.truthy(problem)
    assert.equal("old", read())
  end)

  it("leaves no other file behind", function()
    assert(state.save(simulator.new(), path, NEW))
    assert.is_nil(io.open(path .. ".new"))
  end)
end)
