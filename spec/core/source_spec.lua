local scripted = require "spec.support.scripted"

local function write(content)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
  return path
end

local function upload(path)
  return scripted.call { operation = "files.create", ids = {},
    params = { purpose = "dispute_evidence", file = { path = path, filename = "a.bin" } } }
end

local function drain(stream)
  local pieces, piece, message = {}, stream()
  while piece do
    pieces[#pieces + 1] = piece
    piece, message = stream()
  end
  return table.concat(pieces), message, #pieces
end

describe("The body of an upload from disk", function()
  local path

  after_each(function() os.remove(path) end)

  it("is a reader that says its length, and no string", function()
    path = write("hello \0 world")
    local call = upload(path)
    call:next(0)
    local request = call:request()
    assert.is_nil(request.body)
    local body = drain(request.stream)
    assert.equal(#body, request.stream.content_length)
    assert.equal(tostring(#body), request.headers["content-length"])
    assert.truthy(body:find("\r\n\r\nhello \0 world\r\n--", 1, true))
    assert.truthy(body:find('filename="a.bin"', 1, true))
    assert.equal("--\r\n", body:sub(-4))
    assert.is_nil((request.stream()))
  end)

  it("comes in pieces, however large the file is", function()
    local content = ("0123456789abcdef"):rep(8192)
    path = write(content)
    local call = upload(path)
    call:next(0)
    local body, _, pieces = drain(call:request().stream)
    assert.truthy(body:find(content, 1, true))
    assert.is_true(pieces >= 8)
  end)

  it("starts again with each attempt, also when one was broken off", function()
    path = write(("x"):rep(40000))
    local call = upload(path)
    local first
    local function half(it, now, request)
      first = request.stream()
      it:failure(now, "reset", "gone")
    end
    local bodies = {}
    local function whole(it, now, request)
      bodies[#bodies + 1] = drain(request.stream)
      it:answer(now, #bodies == 1 and scripted.refusal(500) or scripted.success)
    end
    scripted.run(call, { half, whole })
    assert.is_true(call:ok())
    assert.equal(3, #call:attempts())
    assert.equal(bodies[1], bodies[2])
    assert.equal(first, bodies[1]:sub(1, #first))
  end)

  it("outlives the call's last reference elsewhere", function()
    path = write("kept")
    local call = upload(path)
    call:next(0)
    local stream = call:request().stream
    call = nil -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    assert.truthy(drain(stream):find("kept", 1, true))
  end)

  it("says so when the file has become shorter", function()
    path = write(("x"):rep(1000))
    local call = upload(path)
    call:next(0)
    local request = call:request()
    assert(io.open(path, "wb")):close()
    local body, message = drain(request.stream)
    assert.is_true(#body < request.stream.content_length)
    assert.truthy(message:find("shorter", 1, true))
  end)

  it("may be empty", function()
    path = write("")
    local call = upload(path)
    call:next(0)
    local stream = call:request().stream
    assert.equal(stream.content_length, #(drain(stream)))
  end)
end)
