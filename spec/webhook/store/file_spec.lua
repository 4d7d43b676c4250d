local File = require "stripe.webhook.store.file"

describe("an SQLite file", function()
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  it("can be opened for the first time by many processes at once", function()
    local interpreter = rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match("[%d.]+")
    local script = "local file, message = require('stripe.webhook.store.file').open('" .. path
      .. "', 20) io.write(file and 'opened ' or message)"
    local pipe = assert(io.popen(("export LUA_PATH='%s' LUA_CPATH='%s'; for i in 1 2 3 4 5 6 7 8; "
      .. "do %s -e \"%s\" 2>&1 & done; wait"):format(package.path, package.cpath, interpreter,
      script)))
    local said = pipe:read("*a")
    pipe:close()
    assert.equal(("opened "):rep(8), said)
  end)

  it("can be opened while somebody writes", function()
    local first = assert(File.open(path, 1))
    assert(first:run("BEGIN IMMEDIATE"))
    local second = assert(File.open(path, 0.01))
    second:close()
    first:run("ROLLBACK")
    first:close()
  end)

  it("gives changes as numbers and queries as rows", function()
    local file = assert(File.open(path, 1))
    assert.equal(1, file:run("INSERT INTO stripe_webhook_meta VALUES ('x', 5)"))
    assert.same({ { value = 5 } },
      file:run("SELECT value FROM stripe_webhook_meta WHERE name = 'x'"))
    assert.same({}, file:run("SELECT value FROM stripe_webhook_meta WHERE name = 'y'"))
    local done, message = file:run("SELEC")
    assert.is_nil(done)
    assert.equal('near "SELEC": syntax error', message)
    file:close()
  end)

  it("tells what went wrong in an attempt, or gives what came of it", function()
    local file = assert(File.open(path, 1))
    assert.same({ true, 1, nil, 3 }, { file.attempt(function() return 1, nil, 3 end) })
    assert.same({ false, 'near "SELEC": syntax error' }, { file.attempt(file.must, file, "SELEC") })
    file:close()
    assert.same({ false, "the store is closed" }, { file.attempt(file.must, file, "SELECT 1") })
    file:close() -- once more does nothing
  end)
end)
