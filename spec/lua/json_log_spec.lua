local json_log = require "stripe.json_log"
local lfs = require "lfs"

describe("a log of JSON lines", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)
  after_each(function() os.remove(path) end)

  local function put(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
  end

  local function text()
    local file = assert(io.open(path, "rb"))
    local all = file:read "*a"
    file:close()
    return all
  end

  -- The log, and the entries that it shows when it is opened.
  local function open(private)
    local seen = {}
    return assert(json_log.open(path, function(entry) seen[#seen + 1] = entry.n end, private)), seen
  end

  it("is made when it isn't there, and grows", function()
    local log, seen = open()
    assert.same({}, seen)
    assert.is_true(log:add '{"n":1}')
    assert.is_true(log:add '{"n":2}')
    log:close()
    assert.equal('{"n":1}\n{"n":2}\n', text())
    log, seen = open()
    assert.same({ 1, 2 }, seen)
    log:close()
  end)

  it("shows what is written at once", function()
    local log = open()
    log:add '{"n":1}'
    assert.equal('{"n":1}\n', text())
    log:close()
  end)

  it("passes over lines that are no object, and ends one that a kill left torn", function()
    put '{"n":1}\n5\n{"n":2}\n{"n":'
    local log, seen = open()
    assert.same({ 1, 2 }, seen)
    log:add '{"n":3}'
    log:close()
    assert.equal('{"n":1}\n5\n{"n":2}\n{"n":\n{"n":3}\n', text())
  end)

  it("is its owner's alone when it is private", function()
    open(true):close()
    assert.equal("rw-------", lfs.attributes(path, "permissions"))
  end)

  it("says why it can't be opened", function()
    local log, message = json_log.open(path .. "/x", function() end)
    assert.is_nil(log)
    assert.matches(path, message, 1, true)
  end)
end)
