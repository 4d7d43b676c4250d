--- Bodies that are not JSON: downloads into sinks, uploads from files.

local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

describe("the contents of a file", function()
  local function contents(sink, options, answer)
    local script = scripted.new { answer or { status = 200, body = "\0bytes\255",
      headers = { ["Content-Type"] = "application/pdf", ["Content-Length"] = "7" } } }
    local client = script:client { max_retries = 0 }
    return script, client.files:contents("file_1", sink, options)
  end

  it("come as a string", function()
    local script, bytes, err, response = contents()
    assert.equal("\0bytes\255", bytes)
    assert.is_nil(err)
    assert.equal(200, response.status)
    assert.equal("https://files.stripe.com/v1/files/file_1/contents", script.requests[1].url)
  end)

  it("go into a file by its path", function()
    local path = os.tmpname()
    local _, done, err = contents(path)
    assert.is_nil(err)
    assert.is_true(done)
    local file = assert(io.open(path, "rb"))
    assert.equal("\0bytes\255", file:read("*a"))
    file:close()
    os.remove(path)
  end)

  it("go into a file handle", function()
    local file = assert(io.tmpfile())
    local _, done = contents(file)
    assert.is_true(done)
    file:seek("set")
    assert.equal("\0bytes\255", file:read("*a"))
    file:close()
  end)

  it("go to a function, with their progress", function()
    local got, told = {}, {}
    local _, done = contents(function(chunk) got[#got + 1] = chunk end,
      { progress = function(sofar, total) told[#told + 1] = { sofar, total } end })
    assert.is_true(done)
    assert.equal("\0bytes\255", table.concat(got))
    assert.same({ { 7, 7 } }, told)
  end)

  it("end as an error when the sink fails", function()
    local _, done, err = contents(function() return nil, "disk full" end)
    assert.is_nil(done)
    assert.equal("connection_error", err.type)
    assert.equal("aborted", err.code)
    assert.matches("disk full", err.message)
  end)

  it("are not touched by an error, which comes as an error", function()
    local got = {}
    local _, done, err = contents(function(chunk) got[#got + 1] = chunk end, nil,
      scripted.json(404, { error = { type = "invalid_request_error", message = "No such file" } }))
    assert.is_nil(done)
    assert.equal("invalid_request_error", err.type)
    assert.same({}, got)
  end)
end)

describe("an upload", function()
  it("says when its file is closed", function()
    local script = scripted.new {}
    local file = assert(io.open("LICENSE", "rb"))
    file:close()
    for _, given in ipairs { { file }, { { content = file } } } do
      local none, err = script:client().files:create {
        purpose = "dispute_evidence", file = given[1],
      }
      assert.is_nil(none)
      assert.equal("file: this file is closed.", err.message)
    end
    assert.equal(0, #script.requests)
  end)

  it("reports its progress", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(("x"):rep(50000))
    file:close()
    local told, pieces = {}, 0
    local client = stripe.new {
      api_key = "sk_test_1",
      transport = function(request)
        for _ in request.stream do pieces = pieces + 1 end
        return { status = 200, headers = {}, body = '{"id":"file_1"}' }
      end,
    }
    local object, err = client.files:create(
      { purpose = "identity_document", file = { path = path, type = "image/png" } },
      { progress = function(done, total) told[#told + 1] = { done, total } end })
    os.remove(path)
    assert.is_nil(err)
    assert.equal("file_1", object.id)
    assert.equal(pieces, #told)
    assert.is_true(told[1][1] < told[1][2])
    assert.equal(told[#told][2], told[#told][1])
  end)
end)
