--- Files that go and come over real sockets: how much memory they take, and what is left of those
-- that do not arrive.

local driver = require "stripe.driver.blocking"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local MIB = 1024 * 1024
-- The memory checkers of `make asan` and `make valgrind` give nothing back at once but for this.
local FREES = "ASAN_OPTIONS=quarantine_size_mb=1 VALGRIND_OPTS=--freelist-vol=100000"
local peak_known = io.open "/proc/self/status" ~= nil

describe("A file", function()
  local wire, client

  setup(function()
    wire = wire_support.start()
    client = wire:client()
  end)
  teardown(function() wire:stop() stripe.close() end)

  local function acting(act, options)
    options = options or {}
    options.base_url = wire:url() .. "/" .. act
    return wire:client(options)
  end

  -- What a Lua of its own held in memory at its worst while it made a transfer, bytes. A buffer as
  -- large as the file would show here even if it was freed again.
  local function peak(code, argument)
    local script = wire:write("transfer.lua", [[
      local client = require("stripe").new { api_key = "sk_test_1", base_url = arg[1] }
      ]] .. code .. [[
      print(io.open("/proc/self/status"):read("*a"):match("VmHWM:%s*(%d+) kB"))
    ]])
    local ok, output = wire_support.run(script, wire:url() .. " " .. argument, FREES)
    assert.is_true(ok, output)
    return tonumber(output:match("(%d+)%s*$")) * 1024
  end

  local function assert_constant(code, small, large)
    if not peak_known then return pending "needs /proc" end
    local least = peak(code, small)
    local difference = peak(code, large) - least
    -- What Lua has not collected yet may be some MiB; anything that grows with the file is 56.
    assert.is_true(difference < 8 * MIB, ("%.1f MiB more"):format(difference / MIB))
  end

  local function sized(name, size)
    assert(os.execute(("truncate -s %d %s"):format(size, wire:file(name))))
    return wire:file(name)
  end

  local function left_beside(name)
    local listing = io.popen("ls -a " .. wire.directory)
    local text = listing:read("*a")
    listing:close()
    local list = {}
    for line in text:gmatch("[^\n]+") do
      if line:find(name, 1, true) then list[#list + 1] = line end
    end
    return list
  end

  it("of 64 MiB takes no more memory to send than one of 8 MiB, at its worst", function()
    assert_constant([[
      assert(client.files:create { purpose = "identity_document", file = { path = arg[2] } })
    ]], sized("small", 8 * MIB), sized("large", 64 * MIB))
  end)

  it("takes no more to fetch into a path", function()
    assert_constant(([[
      assert(client.files:contents("bytes_" .. arg[2], "%s"))
    ]]):format(wire:file "fetched"), 8 * MIB, 64 * MIB)
    assert.equal(64 * MIB, io.open(wire:file "fetched"):seek "end")
  end)

  it("takes no more to fetch into a function", function()
    assert_constant([[
      local count, collect_at = 0, 0
      assert(client.files:contents("bytes_" .. arg[2], function(bytes)
        count = count + #bytes
        if count > collect_at then -- Lua keeps garbage as it likes, which is not what is measured
          collectgarbage()
          collect_at = count + 1024 * 1024
        end
      end))
      assert(count == tonumber(arg[2]))
    ]], 8 * MIB, 64 * MIB)
  end)

  it("is sent from an open handle, from where that stands", function()
    local path = wire:write("handle.txt", "the first line\nand the rest")
    local handle = assert(io.open(path, "rb"))
    handle:read "*l"
    local file, err = client.files:create { purpose = "identity_document", file = handle }
    handle:close()
    assert(file, tostring(err))
    assert.matches("and the rest", file.title, 1, true)
  end)

  it("is sent from memory, under its name", function()
    local file = assert(client.files:create {
      purpose = "identity_document", file = { name = "note.txt", content = "a few words" },
    })
    assert.matches('filename="note.txt"', file.title, 1, true)
    assert.matches("a few words", file.title, 1, true)
  end)

  it("that can't be opened is refused, and nothing is sent", function()
    local before = #wire:log "request "
    local file, err = client.files:create {
      purpose = "identity_document", file = { path = wire:file "nowhere/at/all" },
    }
    assert.is_nil(file)
    assert.equal("no", err.sent)
    assert.equal(before, #wire:log "request ")
  end)

  describe("that does not come to its end", function()
    for act, code in pairs { half_bytes = "reset", short = "reset" } do
      it("leaves nothing: " .. act, function()
        local ok, err = acting(act).files:contents("file_1", wire:file("half_" .. act))
        assert.is_nil(ok)
        assert.equal(code, err.code)
        assert.same({}, left_beside("half_" .. act))
      end)
    end

    it("leaves nothing when it is canceled, or late, or the engine is closed", function()
      local ends = {
        canceled = function(options) options.cancel:cancel() end,
        closed = function() stripe.close() end,
        late = function() end,
      }
      for name, finish in pairs(ends) do
        local options = { cancel = stripe.canceller() }
        if name == "late" then options.deadline = 2 end -- the file is there before that
        local task = driver.spawn(function()
          return acting("drip").files:contents("file_1", wire:file("drip_" .. name), options)
        end)
        for _ = 1, 200 do
          if #left_beside("drip_" .. name) > 0 then break end
          driver.sleep(0.005)
        end
        assert.equal(1, #left_beside("drip_" .. name), "its temporary file is not there")
        finish(options)
        local _, ok, err = driver.await(task)
        assert.is_nil(ok)
        assert.equal(name == "late" and "deadline" or "canceled", err.code)
        assert.same({}, left_beside("drip_" .. name))
      end
    end)

    it("leaves nothing when the Lua state ends first", function()
      local script = wire:write("leave.lua", [[
        local driver = require "stripe.driver.blocking"
        local client = require("stripe").new { api_key = "sk_test_1", base_url = arg[1] }
        driver.spawn(function() client.files:contents("file_1", arg[2]) end)
        local function there()
          local pipe = io.popen("ls " .. arg[2] .. "* 2>/dev/null | wc -l")
          local n = pipe:read "*n"
          pipe:close()
          return n == 1
        end
        for _ = 1, 500 do
          if there() then break end
          driver.sleep(0.01)
        end
        assert(there())
      ]])
      local ok, output = wire_support.run(script, wire:url() .. "/drip " .. wire:file "unfinished")
      assert.equal("", output)
      assert.is_true(ok)
      assert.same({}, left_beside "unfinished")
    end)

    it("is fetched whole by another attempt, in place of what was there", function()
      wire:write("whole", "old")
      local ok, err, response = acting("half_first", { max_retries = 1 }).files:contents("file_1",
        wire:file "whole")
      assert.is_true(ok, tostring(err))
      assert.equal(2, #response.attempts)
      assert.equal(400000, #wire:read "whole")
      assert.same({ "whole" }, left_beside "whole")
    end)
  end)
end)
