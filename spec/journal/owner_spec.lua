local Owner = require "stripe.journal.owner"

describe("the owner of an entry", function()
  local function pid_of(command)
    local pipe = assert(io.popen(command))
    local pid = pipe:read "*l"
    return pid, pipe
  end

  -- What the kernel says of a process, as soon as its state and name are as wanted.
  local function stat_when(pid, wanted)
    local name, rest, state
    for _ = 1, 500 do
      local file = assert(io.open("/proc/" .. pid .. "/stat"))
      name, rest = file:read("*l"):match "^%d+ %((.*)%)%s+(.*)$"
      file:close()
      state = rest:sub(1, 1)
      if wanted(state, name) then break end
      os.execute "sleep 0.01"
    end
    return { name = name, state = state, rest = rest }
  end

  it("holds it until its lease ends, and longer when it is renewed", function()
    local owner = Owner.new(1000, 60)
    assert.equal(60, Owner.holds(owner, 1000))
    assert.is_nil(Owner.holds(owner, 1060))
    Owner.renew(owner, 1050)
    assert.equal(50, Owner.holds(owner, 1060))
    assert.is_nil(Owner.holds(nil, 0))
  end)

  it("keeps a lease when a clock was put back", function()
    local owner = Owner.new(1000, 60)
    Owner.renew(owner, 10)
    assert.equal(1060, owner.expires)
  end)

  it("is gone when its number is that of another process by now", function()
    local owner = Owner.new(1000, 60)
    owner.start = "1"
    assert.is_nil(Owner.holds(owner, 1000))
  end)

  it("is gone when no process has its number", function()
    local owner = Owner.new(1000, 60)
    owner.pid = "4194305" -- above the most that Linux gives
    assert.is_nil(Owner.holds(owner, 1000))
  end)

  it("is gone when it was killed, although its parent has not asked for it", function()
    -- The shell becomes a sleep, which never waits for its child.
    local pid, pipe = pid_of "sleep 100 & echo $!; echo $$; exec sleep 60"
    local parent = pipe:read "*l"
    local owner = Owner.new(1000, 60)
    assert.equal("sleep", stat_when(parent, function(_, name) return name == "sleep" end).name)
    os.execute("kill -9 " .. pid)
    local stat = stat_when(pid, function(state) return state == "Z" end)
    assert.equal("Z", stat.state)
    local n = 2
    for field in stat.rest:gmatch "%S+" do
      n = n + 1
      if n == 22 then owner.start = field end
    end
    owner.pid = pid
    local holds = Owner.holds(owner, 1000)
    os.execute("kill " .. parent)
    pipe:close()
    assert.is_nil(holds)
  end)

  it("is gone when this process has ended its work, told or not", function()
    local owner, other = Owner.new(1000, 60), Owner.new(1000, 60)
    Owner.done(owner)
    assert.is_nil(Owner.holds(owner, 1000))
    assert.equal(60, Owner.holds(other, 1000))
    owner.state = "another Lua in this process"
    assert.equal(60, Owner.holds(owner, 1000))
  end)

  it("may be alive in another container of the same machine", function()
    local owner = Owner.new(1000, 60)
    owner.machine = owner.machine .. "0"
    owner.start = "1"
    assert.equal(60, Owner.holds(owner, 1000))
  end)
end)
