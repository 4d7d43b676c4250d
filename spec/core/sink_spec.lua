local core = require "stripe.core"
local scripted = require "spec.support.scripted"

local bytes = "%PDF \0 \255 content"

local function contents(more)
  local options = { operation = "files.contents", ids = { "file_1" } }
  for name, value in pairs(more or {}) do options[name] = value end
  return scripted.call(options)
end

local answer = { status = 200, headers = { ["Content-Type"] = "application/pdf" }, body = bytes }

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

describe("The body of an answer", function()
  it("is kept in memory", function()
    local call = contents()
    scripted.run(call, { answer })
    assert.is_true(call:ok())
    assert.equal(bytes, call:body())
    assert.is_nil(call:chunk())
  end)

  it("is that of the last attempt", function()
    local call = contents()
    scripted.run(call, { scripted.refusal(500), answer })
    assert.equal(bytes, call:body())
  end)

  it("fails the attempt when it is larger than allowed, and is never cut", function()
    local call = contents { max_body = 10 }
    local log = scripted.run(call, { answer })
    local kind, message = call:problem()
    assert.equal("too_large", kind)
    assert.truthy(message:find("larger", 1, true))
    assert.equal(1, #log.requests)
    assert.is_nil(call:body())
    assert.is_nil(call:status())
    assert.equal("yes", call:sent())
    assert.is_false(call:ok())
  end)

  it("may be just as large as allowed", function()
    local call = contents { max_body = #bytes }
    scripted.run(call, { answer })
    assert.equal(bytes, call:body())
  end)

  it("may be missing", function()
    local call = contents()
    scripted.run(call, { { status = 200 } })
    assert.is_true(call:ok())
    assert.equal("", call:body())
  end)
end)

describe("A file for the answer", function()
  local directory, path

  local function listing()
    local pipe = assert(io.popen("ls -A '" .. directory .. "'"))
    local text = pipe:read("*a")
    pipe:close()
    return text
  end

  before_each(function()
    directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir '" .. directory .. "'"))
    path = directory .. "/answer.pdf"
  end)

  after_each(function() os.execute("rm -r '" .. directory .. "'") end)

  it("holds the body of a success, and nothing is left beside it", function()
    local call = contents { sink = { path = path } }
    scripted.run(call, { answer })
    assert.is_true(call:ok())
    assert.equal(bytes, read(path))
    assert.equal("answer.pdf\n", listing())
    assert.is_nil(call:body())
  end)

  it("takes the place of the one that stood there", function()
    write(path, "old and longer than what comes")
    scripted.run(contents { sink = { path = path } }, { answer })
    assert.equal(bytes, read(path))
  end)

  it("never gets the body of an error, which can be read as such", function()
    local call = contents { sink = { path = path } }
    scripted.run(call, { scripted.refusal(404, "resource_missing") })
    assert.equal("", listing())
    assert.equal("resource_missing", call:error_body().error.code)
    assert.truthy(call:body():find("resource_missing", 1, true))
  end)

  it("gets the body of the attempt that succeeds, after an error and after half a body", function()
    local call = contents { sink = { path = path } }
    local half = { status = 200, headers = { ["Content-Length"] = "100" }, body = "half" }
    scripted.run(call, { scripted.refusal(500), half, answer })
    assert.is_true(call:ok())
    assert.equal(bytes, read(path))
    assert.equal("answer.pdf\n", listing())
  end)

  it("is not touched by half a body", function()
    write(path, "old")
    local call = contents { sink = { path = path }, max_retries = 0 }
    local half = { status = 200, headers = { ["Content-Length"] = "100" }, body = "half" }
    scripted.run(call, { half })
    assert.equal("reset", (call:problem()))
    assert.equal("old", read(path))
    assert.equal("answer.pdf\n", listing())
  end)

  it("fails the attempt, for good, when it cannot be made", function()
    local call = contents { sink = { path = directory .. "/nowhere/answer.pdf" } }
    local log = scripted.run(call, { answer })
    local kind, message = call:problem()
    assert.equal("aborted", kind)
    assert.truthy(message:find("No such file", 1, true))
    assert.equal(1, #log.requests)
  end)

  it("must not be a device or a directory: that is refused before anything is sent", function()
    for _, name in ipairs { "/dev/null", directory } do
      local call, problem = core.call(scripted.options {
        operation = "files.contents", ids = { "file_1" }, sink = { path = name } })
      assert.is_nil(call)
      assert.equal("sink", problem.param)
    end
  end)

  it("is no file of the size cap: it may be larger than what memory may hold", function()
    scripted.run(contents { sink = { path = path }, max_body = 1 }, { answer })
    assert.equal(bytes, read(path))
  end)
end)

describe("Chunks of the answer", function()
  it("are handed out once", function()
    local call = contents { sink = "chunks" }
    scripted.run(call, { answer })
    assert.is_true(call:ok())
    assert.is_nil(call:body())
    assert.equal(bytes, call:chunk())
    assert.is_nil(call:chunk())
  end)

  it("are never those of an error", function()
    local call = contents { sink = "chunks" }
    scripted.run(call, { scripted.refusal(404) })
    assert.is_nil(call:chunk())
    assert.truthy(call:error_body())
  end)
end)
