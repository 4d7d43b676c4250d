local core = require "stripe.core"
local blocking = require "stripe.driver.blocking"
local stripe = require "stripe"
local pseudo_terminals = require "spec.support.terminal"

describe("a batch", function()
  local sim, client, journal, directory

  before_each(function()
    sim = stripe.simulator.new { clock = 1800000000 }
    client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    journal = assert(stripe.journal { memory = true })
    directory = os.tmpname()
    os.remove(directory)
    os.execute("mkdir " .. directory)
  end)
  after_each(function() os.execute("rm -rf " .. directory) end)

  local function path(name, text)
    local whole = directory .. "/" .. name
    if text then
      local file = assert(io.open(whole, "wb"))
      file:write(text)
      file:close()
    end
    return whole
  end

  local function each(row, call)
    local order, err = client.climate.orders:create({
      product = "climsku_marine_removal_2029", metric_tons = row.tons, currency = "usd",
    }, call)
    if not order then return nil, err end
    return { id = order.id, total = order.amount_total }
  end

  local function run(options)
    local given = { name = "november", journal = journal, each = each, progress = false }
    for name, value in pairs(options) do given[name] = value end
    return stripe.batch.run(given)
  end

  local function orders() return #assert(client.climate.orders:list { limit = 100 }).data end

  local function lines(name)
    local found = {}
    for line in io.lines(path(name)) do found[#found + 1] = assert(core.decode(line)) end
    return found
  end

  local CSV = "order_no,tons\r\na,1\r\nb,2\r\nc,0.5\r\n"

  it("does each row of a CSV file once", function()
    local summary = assert(run {
      rows = path("rows.csv", CSV), key = "order_no", results = path "out.jsonl",
    })
    assert.is_true(summary.complete)
    assert.equal(3, summary.done)
    assert.equal(3, orders())
    local results = lines "out.jsonl"
    assert.equal(3, #results)
    for _, result in ipairs(results) do
      assert.equal("done", result.state)
      assert.matches("^climorder_", result.value.id)
    end
    summary = assert(run {
      rows = path "rows.csv", key = "order_no", results = path "out.jsonl",
    })
    assert.equal(3, summary.skipped)
    assert.equal(3, orders())
  end)

  it("takes JSON lines with a byte order mark", function()
    assert.equal(1, assert(run { rows = path("rows.jsonl", '\239\187\191{"tons":"1"}\r\n') }).done)
  end)

  it("takes JSON lines, lists and functions as well", function()
    local summary = assert(run { rows = path("rows.jsonl", '{"tons":"1"}\n\n{"tons":"2"}\n') })
    assert.equal(2, summary.done)
    summary = assert(run { rows = { { tons = "3" }, { tons = "4" } } })
    assert.equal(2, summary.done)
    local left = 2
    summary = assert(run { rows = function()
      left = left - 1
      return left >= 0 and { tons = tostring(5 + left) } or nil
    end })
    assert.equal(2, summary.total)
    assert.equal(6, orders())
  end)

  it("asks a function that waits for the next row once at a time, and not after the end", function()
    local asking, asked, seen = 0, 0, {}
    local summary = assert(run {
      rows = function()
        asking, asked = asking + 1, asked + 1
        assert.equal(1, asking)
        local n = asked
        blocking.sleep(0.002)
        asking = asking - 1
        return n <= 20 and { n = n } or nil
      end,
      each = function(row)
        seen[#seen + 1] = row.n
        return row.n
      end,
    })
    table.sort(seen)
    assert.equal(21, asked)
    assert.equal(20, summary.done)
    for i = 1, 20 do assert.equal(i, seen[i]) end
  end)

  it("hands on what a function throws that gives the rows", function()
    local asked = 0
    assert.error_matches(function()
      run { rows = function()
        asked = asked + 1
        blocking.sleep(0.002)
        error("no more", 0)
      end }
    end, "no more")
    assert.equal(1, asked)
  end)

  it("knows equal rows apart, and knows them again", function()
    local rows = { { tons = "1" }, { tons = "1" }, { tons = "1" } }
    assert.equal(3, assert(run { rows = rows }).done)
    assert.equal(3, orders())
    assert.equal(3, assert(run { rows = rows }).done)
    assert.equal(3, orders())
  end)

  it("goes on when rows fail, and tries them again in the next run", function()
    local rows = path("rows.csv", "order_no,tons\na,1\nb,900000\nc,3\n")
    local out = path "out.jsonl"
    local summary = assert(run { rows = rows, key = "order_no", results = out })
    assert.is_false(summary.complete)
    assert.equal(1, summary.failed)
    assert.equal("b", summary.failures[1].key)
    assert.matches("row 2 %(b%): invalid_request_error", tostring(summary))
    assert.matches("3 rows, 2 done, 0 done before, 1 failed, 0 doubtful", tostring(summary), 1,
      true)
    assert.equal(1, assert(run { rows = rows, key = "order_no", results = out,
      retry_failed = false }).failed + 1)
    path("rows.csv", "order_no,tons\na,1\nb,2\nc,3\n")
    summary = assert(run { rows = rows, key = "order_no", results = out })
    assert.equal(1, summary.done)
    assert.equal(2, summary.skipped)
    assert.is_true(summary.complete)
    assert.equal(3, orders())
  end)

  it("leaves alone what failed before when it is told to, and is not complete then", function()
    local options = { rows = { { tons = "900000" } }, results = path "out.jsonl" }
    assert.equal(1, assert(run(options)).failed)
    options.retry_failed = false
    local summary = assert(run(options))
    assert.equal(1, summary.left)
    assert.equal(0, summary.failed + summary.skipped)
    assert.is_false(summary.complete)
    assert.matches("1 left alone", tostring(summary), 1, true)
  end)

  it("takes no other batch's results for its own, nor its names", function()
    local rows, out = { { no = "c", tons = "1" } }, path "out.jsonl"
    assert.equal(1, assert(run { rows = rows, key = "no", results = out, name = "a" }).done)
    assert.equal(1, assert(run { rows = rows, key = "no", results = out, name = "b" }).done)
    rows[1].no = "b/c"
    assert.equal(1, assert(run { rows = rows, key = "no", name = "a" }).done)
    rows[1].no = "c"
    assert.equal(1, assert(run { rows = rows, key = "no", name = "a/b" }).done)
    assert.equal(4, orders())
  end)

  it("writes results that nobody else can read", function()
    assert(run { rows = { { tons = "1" } }, results = path "out.jsonl" })
    assert.equal("rw-------", require("lfs").attributes(path "out.jsonl", "permissions"))
  end)

  it("goes on with rows that are not UTF-8, and names them", function()
    local summary = assert(run {
      rows = path("rows.csv", "no,tons\nM\252ller,1\nb,2\n"), key = "no",
      results = path "out.jsonl",
    })
    assert.equal(1, summary.done)
    assert.matches("UTF-8", tostring(summary.failures[1].error), 1, true)
    summary = assert(run {
      rows = { { n = 1 } }, results = path "other.jsonl",
      each = function() error("\255", 0) end,
    })
    assert.equal(1, summary.failed)
    assert.equal("failed", lines("other.jsonl")[1].state)
  end)

  it("calls doubtful what may have been done, and clears it up in the next run", function()
    sim.faults:add { fault = "lost", times = 1 }
    local options = { rows = { { tons = "1" } }, results = path "out.jsonl" }
    local summary = assert(run(options))
    assert.equal(1, summary.doubtful)
    assert.equal("doubtful", lines("out.jsonl")[1].state)
    summary = assert(run(options))
    assert.equal(1, summary.done)
    assert.equal(1, orders())
  end)

  it("runs so many rows at once, and no more", function()
    local now, most, rows = 0, 0, {}
    for i = 1, 20 do rows[i] = { n = i } end
    local function wait()
      now = now + 1
      most = math.max(most, now)
      require("stripe.driver").current().sleep(0.001)
      now = now - 1
      return true
    end
    assert(run { rows = rows, each = wait, concurrency = 5 })
    assert.equal(5, most)
  end)

  it("stops after so many failures", function()
    local rows = {}
    for i = 1, 50 do rows[i] = { n = i } end
    local summary = assert(run {
      rows = rows, each = function() return nil, "no" end, stop_after = 3, concurrency = 1,
    })
    assert.equal(3, summary.failed)
    assert.equal(50, summary.total)
    assert.is_false(summary.complete)
  end)

  it("stops when it is cancelled", function()
    local canceller, did = stripe.canceller(), 0
    local summary = assert(run {
      rows = { { n = 1 }, { n = 2 }, { n = 3 } }, concurrency = 1, cancel = canceller,
      each = function()
        did = did + 1
        canceller:cancel()
        return true
      end,
    })
    assert.equal(1, did)
    assert.is_false(summary.complete)
  end)

  it("catches what a row throws", function()
    local summary = assert(run { rows = { { n = 1 } }, each = function() error "oops" end })
    assert.equal(1, summary.failed)
    assert.matches("oops", tostring(summary.failures[1].error))
  end)

  it("says which row has no key, or that of another", function()
    local summary = assert(run {
      rows = { { no = "a", tons = "1" }, { tons = "1" }, { no = "a", tons = "1" } }, key = "no",
    })
    assert.equal(2, summary.failed)
    assert.matches("1 to 120 bytes", tostring(summary), 1, true)
    assert.matches('another row has the key "a"', tostring(summary), 1, true)
    assert.equal(1, orders())
  end)

  it("takes whole numbers for keys, as long as they are exact", function()
    local named = {}
    local summary = assert(run {
      rows = path("rows.jsonl", '{"id":7}\n{"id":9007199254740991}\n{"id":9007199254740993}\n'
        .. '{"id":12345678901234567890}\n{"id":1.5}\n'),
      key = "id",
      each = function(_, _, key)
        named[key] = true
        return true
      end,
    })
    assert.same({ ["7"] = true, ["9007199254740991"] = true }, named)
    assert.equal(3, summary.failed)
    assert.matches("row 3: .*whole number below", tostring(summary):gsub(" %(row %d%)", ""))
  end)

  it("mends a line that a kill left torn", function()
    local out = path("out.jsonl",
      '{"batch":"november","key":"a","n":1,"state":"done"}\n{"batch":"november","key":"b","n"')
    local summary = assert(run { rows = path("rows.csv", CSV), key = "order_no", results = out })
    assert.equal(1, summary.skipped)
    assert.equal(2, summary.done)
    assert.equal(2, orders())
  end)

  it("keeps no secret of an answer in its results", function()
    assert(run {
      rows = { { n = 1 } }, results = path "out.jsonl",
      each = function(_, call)
        return client.crypto.onramp_sessions:create({ destination_networks = { "base" } }, call)
      end,
    })
    assert.equal("[redacted]", lines("out.jsonl")[1].value.client_secret)
  end)

  it("says what is wrong with a file, and names the line", function()
    local function refused(name, text, message)
      local none, problem = run { rows = path(name, text) }
      assert.is_nil(none)
      assert.matches(message, problem, 1, true)
    end
    refused("a.csv", "", "no line of titles")
    refused("b.csv", "a,a\n1,2\n", "column 2 needs a title of its own")
    refused("c.csv", "a,b\n1,2\n3\n", "line 3 has 1 fields")
    refused("d.csv", 'a,b\n1,"2\n3,4\n', "line 2: a quote is opened")
    refused("e.csv", 'a,b\n1,"2"3\n', "line 2: text after a closing quote")
    refused("f.csv", 'a,b\n1,2"3\n', "a quote inside a field")
    refused("g.jsonl", '{"a":1}\n{\n', "line 2")
    refused("g.json", '[{"tons":"1"},{"tons":"2"}]', "line 1: not a JSON object")
    refused("h.txt", "", "neither with .csv nor with .jsonl")
    local none, problem = run { rows = path "missing.csv" }
    assert.is_nil(none)
    assert.matches("missing.csv", problem, 1, true)
    assert.equal(0, orders())
  end)

  it("takes no directory for a file", function()
    for _, name in ipairs { "rows.csv", "rows.jsonl" } do
      assert(os.execute("mkdir " .. path(name)))
      local none, problem = run { rows = path(name) }
      assert.is_nil(none)
      assert.matches(name .. ": Is a directory", problem, 1, true)
    end
    local none, problem = run { rows = path("a.csv", CSV), results = directory }
    assert.is_nil(none)
    assert.matches(directory .. ": Is a directory", problem, 1, true)
    assert.equal(0, orders())
  end)

  it("names what is wrong with its options", function()
    local function refused(options, message)
      assert.error_matches(function() run(options) end, message)
    end
    refused({ rows = {}, nam = "x" }, 'unknown option "nam"')
    refused({ rows = {}, name = "" }, '"name"')
    refused({ rows = 1 }, '"rows"')
    refused({ rows = { tons = "1" } }, '"rows" must be a list')
    refused({ rows = { { tons = "1" }, nil, { tons = "2" } } }, '"rows" must be a list')
    refused({ rows = { { tons = "1" }, note = "x" } }, '"rows" must be a list')
    refused({ rows = {}, each = 1 }, '"each"')
    refused({ rows = {}, journal = 1 }, '"journal"')
    refused({ rows = {}, key = 1 }, '"key"')
    refused({ rows = {}, concurrency = 0 }, '"concurrency"')
    refused({ rows = {}, stop_after = "x" }, '"stop_after"')
    refused({ rows = {}, cancel = {} }, '"cancel"')
  end)
end)

describe("rows of CSV", function()
  local function read(text)
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
    local next_row, close = assert(stripe.batch.rows(path, "csv"))
    local rows = {}
    for row in next_row do rows[#rows + 1] = row end
    close()
    os.remove(path)
    return rows
  end

  it("are as RFC 4180 says", function()
    assert.same({
      { a = "1", b = "x,y" }, { a = "", b = 'say "hi"' }, { a = "2", b = "two\nlines" },
    }, read 'a,b\r\n1,"x,y"\r\n"","say ""hi"""\r\n2,"two\nlines"')
  end)

  it("may begin with a byte order mark, have empty lines, and end without a line end", function()
    assert.same({ { a = "1", b = "2" } }, read "\239\187\191a,b\n\n1,2")
    assert.same({ { a = "1", b = "2" } }, read '\239\187\191"a","b"\r\n"1","2"\r\n')
  end)

  it("are whole wherever the pieces in which they are read end", function()
    local text, rows = { "a,b" }, 3000
    for i = 1, rows do text[#text + 1] = ('%d,"%s ""%d"""'):format(i, ("x"):rep(i % 97), i) end
    local found = read(table.concat(text, "\r\n"))
    assert.equal(rows, #found)
    for i, row in ipairs(found) do
      assert.same({ a = tostring(i), b = ('%s "%d"'):format(("x"):rep(i % 97), i) }, row)
    end
  end)
end)

describe("the progress of a batch", function()
  local Progress = require "stripe.batch.progress"

  local function shown(terminal)
    local texts, now = {}, 0
    local progress = Progress.new {
      terminal = terminal, now = function() return now end,
      write = function(text) texts[#texts + 1] = text end,
    }
    local summary = { total = 100, done = 0, failed = 0, doubtful = 0, skipped = 0, began = 0 }
    for i = 1, 100 do
      now = now + 0.5
      local state = i % 10 == 0 and "failed" or "done"
      summary[state] = summary[state] + 1
      progress:show(summary)
    end
    progress:show(summary, true)
    return texts
  end

  it("is a bar on a terminal", function()
    local texts = shown(true)
    assert.matches("^\r%[#+%.+%]  50 %%  45 done, 5 failed  25 s left", texts[50])
    assert.matches("100 %%  90 done, 10 failed\27%[K\n$", texts[#texts])
  end)

  it("is seen on a real terminal, and not in a file", function()
    if not pseudo_terminals.available() then return pending "there is no /dev/pts here" end
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write [[
      local stripe = require "stripe"
      stripe.batch.run {
        name = "bar", rows = { { n = 1 }, { n = 2 } }, concurrency = 1,
        journal = stripe.journal { memory = true }, each = function(row) return row.n end,
      }
    ]]
    file:close()
    finally(function() os.remove(path) end)
    local lua = rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match "[%d.]+"
    local command = ("LUA_PATH='%s' LUA_CPATH='%s' %s "):format(package.path, package.cpath,
      lua .. " " .. path)
    local function output_of(line)
      local pipe = assert(io.popen(line))
      local text = pipe:read "*a"
      pipe:close()
      return text
    end
    local seen = output_of('script -qec "' .. command .. '" /dev/null')
    assert.matches("\r[" .. ("#"):rep(30) .. "] 100 %  2 done", seen, 1, true)
    seen = output_of(command .. "2>&1")
    assert.matches("^1 of 2: 1 done\n2 of 2: 2 done\n$", seen)
  end)

  it("is a plain line now and then elsewhere", function()
    local texts = shown(false)
    assert.equal(6, #texts)
    assert.equal("100 of 100: 90 done, 10 failed\n", texts[6])
  end)
end)
