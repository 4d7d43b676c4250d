--- The same work for many rows: several at once, each once, and on with the rest after a kill.
--
--     local summary, err = stripe.batch.run {
--       name = "november", rows = "orders.csv", key = "order_no",
--       journal = stripe.journal "batch.db", results = "november.jsonl",
--       each = function(row, call)
--         return client.climate.orders:create({
--           product = row.product, metric_tons = row.tons, currency = "usd",
--         }, call)
--       end,
--     }
--
-- Each row is an entry of the journal. A run after a kill skips what the result file says is done,
-- and repeats what may have been sent under the same idempotency key.
-- @module stripe.batch

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Misuse = require "stripe.misuse"
local Progress = require "stripe.batch.progress"
local Results = require "stripe.batch.results"
local Rows = require "stripe.batch.rows"
local canceller = require "stripe.canceller"
local gather = require "stripe.gather"
local name_of = require "stripe.journal.name"

local Batch = {}

local OPTIONS = {
  name = true, rows = true, format = true, each = true, key = true, journal = true,
  results = true, concurrency = true, driver = true, progress = true, cancel = true,
  stop_after = true, retry_failed = true,
}

-- Rows without a gap: what stands beside them, or after one, would never be reached.
local function is_list(rows)
  local n = 0
  for _ in pairs(rows) do n = n + 1 end
  for i = 1, n do
    if rows[i] == nil then return false end
  end
  return true
end

local function misuse(options)
  if type(options) ~= "table" then return "stripe.batch.run takes a table of options" end
  local unknown = Misuse.names(options, OPTIONS)
  if unknown then return unknown end
  local key, rows = type(options.key), type(options.rows)
  if type(options.name) ~= "string" or not options.name:find("^[^%c]+$") or #options.name > 100
    or not pcall(core.json, options.name) then
    return 'option "name" must be text of 1 to 100 bytes: it names the batch in the journal'
  elseif type(options.each) ~= "function" then
    return 'option "each" must be a function(row, call, key)'
  elseif rows ~= "string" and rows ~= "table" and rows ~= "function" then
    return 'option "rows" must be the path of a .csv or .jsonl file, a list of rows, or a function '
      .. "that gives the next row"
  elseif rows == "table" and not is_list(options.rows) then
    return 'option "rows" must be a list: a table with the keys 1 to n'
  elseif key ~= "nil" and key ~= "string" and key ~= "function" then
    return 'option "key" must be the name of a field, or a function(row)'
  elseif type(options.journal) ~= "table" or type(options.journal.once) ~= "function" then
    return 'option "journal" must be a stripe.journal: without one a killed run would act twice'
  elseif options.cancel ~= nil and not canceller.is(options.cancel) then
    return 'option "cancel" must be a stripe.canceller()'
  end
  for option, least in pairs { concurrency = 1, stop_after = 1 } do
    local value = options[option]
    if value ~= nil and not (type(value) == "number" and value >= least and value % 1 == 0) then
      return ("option %q must be an integer from %d"):format(option, least)
    end
  end
end

-- What a row is, whatever order its fields come in.
local function digest(row)
  local encoded, text = pcall(core.json, row)
  return encoded and core.sha256(text):sub(1, 24) or nil
end

-- A number as text. From 2^53 on it may not be the one that was written down.
local function whole(number)
  if number % 1 == 0 and number > -2 ^ 53 and number < 2 ^ 53 then return ("%d"):format(number) end
end

-- A function that names rows. Without a field for it, equal rows are told apart by counting them.
local function namer(key)
  local counts = {}
  return function(row)
    if key == nil then
      local name = digest(row)
      if not name then return nil, "it is not UTF-8, or holds what JSON can't" end
      counts[name] = (counts[name] or 0) + 1
      return counts[name] == 1 and name or ("%s.%d"):format(name, counts[name])
    end
    local name
    if type(key) == "function" then name = key(row) else name = row[key] end
    if type(name) == "number" then name = whole(name) end
    if type(name) ~= "string" or not name:find("^[^%c]+$") or #name > 120
      or not pcall(core.json, name) then
      return nil, "its key must be text of 1 to 120 bytes, in UTF-8, or a whole number below 2^53"
    end
    if counts[name] then return nil, ("another row has the key %q"):format(name) end
    counts[name] = 1
    return name
  end
end

-- How long to sleep while another task waits for the next row, in seconds.
local PAUSE = 0.005

-- The caller's function may wait, for a page of a list, say. Meanwhile no other task may ask it,
-- which would get the same row, nor anybody once it has ended.
local function in_turn(next_row, driver)
  local asked, over = false, false
  local function ask() return { next_row() } end
  return function()
    while asked do (Driver.choose(driver) or Driver.current()).sleep(PAUSE) end
    if over then return nil end
    asked = true
    local got, errors = gather({ ask }, { driver = driver })
    asked, over = false, not (got[1] and got[1][1])
    if errors then error(errors[1].cause, 0) end
    return got[1][1], got[1][2]
  end
end

local function open(rows, format, driver)
  if type(rows) == "string" then return Rows.open(rows, format) end
  if type(rows) == "function" then return in_turn(rows, driver), function() end end
  return Rows.list(rows)
end

-- How many rows there are, so that progress has an end; a function is not asked for it.
local function count(options)
  if type(options.rows) == "table" then return #options.rows end
  if type(options.rows) == "function" then return 0 end
  local next_row, close = open(options.rows, options.format)
  if not next_row then return nil, close end
  local n = 0
  while true do
    local row, message = next_row()
    if not row then
      close()
      if message then return nil, message end
      return n
    end
    n = n + 1
  end
end

-- A row is doubtful while one of its requests may have been sent and nobody knows more.
local function state_of(journal, name, err)
  if type(err) == "table" and (err.code == "doubtful" or err.code == "changed") then
    return "doubtful"
  end
  local entry, unreadable = journal:get(name)
  if unreadable then return "doubtful" end
  for _, step in ipairs(entry and entry.steps or {}) do
    if step.state == "intended" or step.state == "doubtful" then return "doubtful" end
  end
  return "failed"
end

local function describe(summary)
  local text = ("%s: %d rows, %d done, %d done before, %d failed, %d doubtful"):format(
    summary.name, summary.total, summary.done, summary.skipped, summary.failed, summary.doubtful)
  if summary.left > 0 then text = text .. (", %d left alone"):format(summary.left) end
  for i, failure in ipairs(summary.failures) do
    if i > 20 then
      text = text .. ("\n  and %d more"):format(#summary.failures - 20)
      break
    end
    text = text .. ("\n  row %d (%s): %s"):format(failure.n, failure.key, tostring(failure.error))
  end
  return text
end

local metatable = { __name = "stripe.batch.summary", __tostring = describe }

local function shower(option)
  if option == false then return nil end
  if type(option) == "function" then return option end
  local progress = Progress.new(type(option) == "table" and option or nil)
  return function(summary, final) progress:show(summary, final) end
end

-- Takes note of what became of a row.
local function note(run, result, err)
  local summary, options = run.summary, run.options
  summary[result.state] = summary[result.state] + 1
  if err ~= nil then
    summary.failures[#summary.failures + 1] =
      { n = result.n, key = result.key, state = result.state, error = err }
    result.error = core.redact(tostring(err))
    run.ended = run.ended or summary.failed + summary.doubtful >= (options.stop_after or math.huge)
  end
  local kept, message = run.results:add(result)
  if not kept then run.broken = "the results can't be written: " .. tostring(message) end
  if run.show then run.show(summary) end
end

local function work(run, row, n)
  local options, results, summary = run.options, run.results, run.summary
  local key, why = run.name(row)
  if not key then
    note(run, { n = n, key = "row " .. n, state = "failed" }, why)
    return
  end
  local before = results:state(key)
  if before == "done" or before == "failed" and options.retry_failed == false then
    local counter = before == "done" and "skipped" or "left"
    summary[counter] = summary[counter] + 1
    return
  end
  local entry = name_of("batch", options.name, key)
  local value, err =
    options.journal:once(entry, function(call) return options.each(row, call, key) end)
  if err ~= nil then
    note(run, { n = n, key = key, state = state_of(options.journal, entry, err) }, err)
  else
    note(run, { n = n, key = key, state = "done",
      value = type(value) == "table" and core.redact_object(value) or value })
  end
end

-- One of those who take the rows, one after the other.
local function worker_of(run)
  local cancel, summary = run.options.cancel, run.summary
  return function()
    while not (run.ended or run.broken or cancel and cancel.canceled) do
      local row, message = run.next_row()
      if not row then
        run.broken, run.ended = run.broken or message, true
        return true
      end
      run.n = run.n + 1
      if run.n > summary.total then summary.total = run.n end
      work(run, row, run.n)
    end
    return true
  end
end

--- Runs a batch.
-- @tparam table options
--   `name`: of the batch, in the journal;
--   `rows`: path of a `.csv` or `.jsonl` file, list of tables, or a function that gives the next
--   row (nil at the end; nil and a message when it can't); `format`: "csv" or "jsonl" when the name
--   of the file doesn't tell;
--   `each(row, call, key)`: makes the calls of a row with `call` as their options; returns a value,
--   or nil and an error;
--   `key`: the field that tells rows apart, or a function(row); by default what the row holds;
--   `journal`: a `stripe.journal`;
--   `results`: path of a file of JSON lines `{ batch, key, n, state, value, error }`;
--   `concurrency` (8): rows at once; `driver`: as of `stripe.new`; `cancel`: a
--   `stripe.canceller()`: what is under way ends, no row begins;
--   `stop_after`: begins no row after so many failures;
--   `retry_failed` (true): false leaves rows alone that failed in an earlier run;
--   `progress`: false for none, a function(summary, final); by default on standard error
-- @treturn[1] table `{ name, total, done, skipped (done before), left (failed before, left alone),
--   failed, doubtful, failures = list of { n, key, state, error }, complete }`; `tostring` tells it
--   in words
-- @treturn[2] nil
-- @treturn[2] string what is wrong with a file
-- @treturn[2] ?table the summary so far
function Batch.run(options)
  local wrong = misuse(options)
  if wrong then error(wrong, 2) end
  local total, unreadable = count(options)
  if not total then return nil, unreadable end
  local results, problem = Results.open(options.results, options.name)
  if not results then return nil, problem end
  local next_row, close = open(options.rows, options.format, options.driver)
  if not next_row then
    results:close()
    return nil, close
  end

  local summary = setmetatable({
    name = options.name, total = total, done = 0, skipped = 0, left = 0, failed = 0, doubtful = 0,
    failures = {}, began = core.now(),
  }, metatable)
  local run = {
    options = options, summary = summary, results = results, next_row = next_row,
    name = namer(options.key), show = shower(options.progress), n = 0,
  }
  local workers = {}
  for i = 1, options.concurrency or 8 do workers[i] = worker_of(run) end
  local _, errors = gather(workers, { concurrency = #workers, driver = options.driver })
  close()
  results:close()
  summary.complete = summary.done + summary.skipped == summary.total
  if run.show then run.show(summary, true) end
  local _, thrown = next(errors or {})
  if thrown then error(thrown, 0) end
  if run.broken then return nil, run.broken, summary end
  return summary
end

--- Rows of a file one by one, see `stripe.batch.rows`.
Batch.rows = Rows.open

return Batch
