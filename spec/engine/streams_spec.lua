local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

describe("Over the wire", function()
  local wire, client

  setup(function()
    wire = wire_support.start()
    client = wire:client()
  end)
  teardown(function() wire:stop() stripe.close() end)

  -- A client whose every path asks for that act.
  local function acting(act, options)
    options = options or {}
    options.base_url = wire:url() .. "/" .. act
    return wire:client(options)
  end

  local function large(name, size)
    os.execute(("truncate -s %d %s"):format(size, wire:file(name)))
    return wire:file(name)
  end

  describe("an upload", function()
    it("sends a file from disk", function()
      local file = assert(client.files:create {
        purpose = "identity_document", file = { path = wire:write("a.txt", "the bytes") },
      })
      assert.equal("file_1", file.id)
      assert.matches('name="file"; filename="a.txt"', file.title, 1, true)
      assert.matches("the bytes", file.title)
    end)

    it("of any size takes constant memory", function()
      local size = 96 * 1024 * 1024
      local path = large("large", size)
      assert(client.files:create { purpose = "identity_document", file = { path = path } })
      local before = memory.resident()
      local file = assert(client.files:create {
        purpose = "identity_document", file = { path = path },
      })
      assert.is_true(file.size > size)
      assert.is_true(memory.resident() - before < 4 * 1024 * 1024)
    end)

    it("sends the file again after a failure", function()
      local retrying = acting("reset_first", { max_retries = 1 })
      local path = wire:write("again.txt", "once more")
      local before = #wire:log "request POST /reset_first"
      local _, err, response = retrying.files:create {
        purpose = "identity_document", file = { path = path },
      }
      assert.is_nil(err)
      assert.equal(2, #response.attempts)
      assert.equal(2, #wire:log "request POST /reset_first" - before)
    end)

    it("ends as aborted when the file becomes shorter meanwhile", function()
      local path = large("shrinking", 64 * 1024 * 1024)
      local file, err = client.files:create(
        { purpose = "identity_document", file = { path = path } },
        { progress = function() large("shrinking", 1000) end })
      assert.is_nil(file)
      assert.equal("aborted", err.code)
      assert.equal("maybe", err.sent)
    end)

    it("tells of its progress", function()
      local seen, whole = {}, nil
      local file = assert(client.files:create(
        { purpose = "identity_document", file = { path = large("watched", 8 * 1024 * 1024) } },
        { progress = function(done, total) seen[#seen + 1], whole = done, total end }))
      assert.equal(file.size, whole)
      assert.equal(whole, seen[#seen])
      assert.is_true(#seen > 4)
      assert.equal(("%d"):format(whole), tostring(whole)) -- no 8388608.0
      assert.equal(("%d"):format(seen[1]), tostring(seen[1]))
      for i = 2, #seen do assert.is_true(seen[i] > seen[i - 1]) end
    end)

    it("takes the answer of a server that reads no further", function()
      local file, err = acting("refuse_upload").files:create {
        purpose = "identity_document", file = { path = large("refused", 8 * 1024 * 1024) },
      }
      assert.is_nil(file)
      if err.status then assert.equal(400, err.status) else assert.equal("reset", err.code) end
    end)
  end)

  describe("a download", function()
    local COUNT = 3000003
    local id = "bytes_" .. COUNT

    it("without a sink is a string", function()
      local bytes = assert(client.files:contents("bytes_25"))
      assert.equal("0123456789012345678901234", bytes)
    end)

    it("goes to a path", function()
      assert.is_true(client.files:contents(id, wire:file "saved"))
      assert.equal(COUNT, #wire:read "saved")
    end)

    it("goes to a file handle", function()
      local handle = assert(io.open(wire:file "handle", "wb"))
      assert.is_true(client.files:contents(id, handle))
      handle:close()
      assert.equal(COUNT, #wire:read "handle")
    end)

    it("goes to a function, in order, while it comes", function()
      local count, chunks = 0, 0
      assert.is_true(client.files:contents(id, function(bytes)
        assert.equal(tostring(count % 10), bytes:sub(1, 1))
        count, chunks = count + #bytes, chunks + 1
        assert.is_true(#bytes < 600 * 1024)
      end))
      assert.equal(COUNT, count)
      assert.is_true(chunks > 4)
    end)

    it("waits for a sink that is slow: what is not taken is not fetched", function()
      local size = 64 * 1024 * 1024
      collectgarbage() collectgarbage()
      local before = memory.resident()
      local taken, collect_at = 0, 0
      assert.is_true(client.files:contents("bytes_" .. size, function(bytes)
        taken = taken + #bytes
        if taken > collect_at then -- or Lua keeps as much garbage as it has other things
          collectgarbage()
          collect_at = taken + 4 * 1024 * 1024
        end
        assert.is_true(memory.resident() - before < 16 * 1024 * 1024)
      end))
      assert.equal(size, taken)
    end)

    it("ends when the sink fails, throws or says no", function()
      local sinks = {
        ["disk full"] = function() return nil, "disk full" end,
        ["returned false"] = function() return false end,
        ["sink.lua:1: oh"] = function() error("sink.lua:1: oh", 0) end,
      }
      for message, sink in pairs(sinks) do
        local ok, err = client.files:contents(id, sink)
        assert.is_nil(ok)
        assert.equal("aborted", err.code)
        assert.equal("yes", err.sent)
        assert.matches(message, err.message, 1, true)
      end
      assert(client:request("GET", wire_support.path "ok"))
    end)

    it("leaves no half of a file, and what was there stays", function()
      wire:write("kept", "old")
      local ok, err = acting("half_bytes").files:contents("file_1", wire:file "kept")
      assert.is_nil(ok)
      assert.equal("reset", err.code)
      assert.equal("old", wire:read "kept")
      local left = io.popen("ls " .. wire.directory):read("*a")
      assert.is_nil(left:find("kept.", 1, true))
    end)

    it("writes no error into the file", function()
      local ok, err = acting("status/404").files:contents("file_1", wire:file "none")
      assert.is_nil(ok)
      assert.equal(404, err.status)
      assert.is_nil(wire:read "none")
    end)

    it("is not begun again once a function has taken a part", function()
      local parts = {}
      local ok, err = acting("half_bytes", { max_retries = 2 }).files:contents("file_1",
        function(bytes) parts[#parts + 1] = #bytes end)
      assert.is_nil(ok)
      assert.equal("reset", err.code)
      assert.is_true(#parts == 0 and #err.attempts == 3 or #err.attempts == 1)
    end)

    it("tells of its progress, to every kind of sink", function()
      for _, sink in ipairs { wire:file "progress", function() end } do
        local last, whole
        assert.is_true(client.files:contents(id, sink, {
          progress = function(done, total) last, whole = done, total end,
        }))
        assert.equal("3000003 3000003", last .. " " .. whole)
      end
    end)
  end)
end)
