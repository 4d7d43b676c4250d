--- What the programs of the workflows share: the client they are run with, and how they end.
--
-- Exit codes, for cron: 0 done; 1 failed, and running it again won't help without a change; 2 wrong
-- arguments; 3 nothing was lost, run it again; 4 in doubt: the message says what to check.
-- @module stripe.workflow.command.common

local File = require "stripe.file"
local Key = require "stripe.key"
local core = require "stripe.core"
local shell_word = require "stripe.shell_word"
local stripe = require "stripe"
local with = require "stripe.with"
local without_place = require "stripe.without_place"

local Common = { DONE = 0, FAILED = 1, USAGE = 2, AGAIN = 3, DOUBT = 4 }

local JOURNAL = "stripe-journal.db"

local EPILOG = [[
Environment:
   STRIPE_SECRET_KEY     The secret key.

Exit codes:
   0  done
   1  failed; running it again changes nothing by itself
   2  wrong arguments
   3  not done yet, or a failure that passes: run it again
   4  in doubt: the message says what to look for; then use "resolve"]]

--- Adds the options that every program has.
-- @param parse an argparse parser
function Common.options(parse)
  function parse.error(self, message) -- argparse would exit with 1
    Common.stop(self:get_usage() .. "\n\nError", message, Common.USAGE)
  end
  parse:option("--api-key", "The secret key; better in the environment as STRIPE_SECRET_KEY.")
    :argname "KEY"
  parse:option("--api-base", "Another address than https://api.stripe.com, such as stripe-sim's.")
    :argname "URL"
  parse:option("--account", "The connected account to act for.")
  parse:epilog(EPILOG)
  parse:flag("--live", "Let a live key move real money.")
  parse:flag("--json", "Print JSON instead of text.")
  parse:flag("--dry-run", "Say what would be done; send nothing that changes anything.")
  parse:option("--journal", "The file that remembers what was done.", JOURNAL)
    :argname "FILE"
end

--- Ends the program.
function Common.exit(code)
  io.stdout:flush()
  os.exit(code, true)
end

--- Ends it with a message.
function Common.stop(name, message, code)
  io.stdout:flush()
  io.stderr:write(name, ": ", tostring(message), "\n")
  Common.exit(code or Common.FAILED)
end

--- The exit code that an error means.
function Common.code_of(err)
  if err.code == "doubtful" or err.code == "changed" then return Common.DOUBT end
  if err.retryable or err.sent == "maybe" or err.code == "busy" then return Common.AGAIN end
  return Common.FAILED
end

-- What the interpreter throws where SIGINT finds it; `gather` makes an error of it.
local function interrupted(problem) return tostring(problem):find("interrupted!", 1, true) end

--- Calls a method of a workflow. What is wrong with the arguments is the user's to mend: no
-- traceback.
function Common.checked(name, method, ...)
  local ok, value, err, more = pcall(method, ...)
  if ok then return value, err, more end
  if interrupted(value) then error(value, 0) end
  Common.stop(name, without_place(value), Common.USAGE)
end

local function ended(name)
  Common.stop(name, "interrupted; what was begun is written down: run it again", Common.AGAIN)
end

--- Runs the command that the options name, and ends the program with the code that it returns.
-- @string name of the program
-- @tparam table options what argparse made of the arguments
-- @tparam function workflow makes that of a client
-- @tparam table commands name -> `function(workflow, options) -> exit code`; all but `resolve`
-- @string prefix what the ids begin with of all that the program makes
function Common.run(name, options, workflow, commands, prefix)
  local ok, code = xpcall(function()
    if options.command == "resolve" then return Common.resolve(name, options, prefix) end
    return commands[options.command](workflow(Common.client(name, options)), options)
  end, function(problem)
    return interrupted(problem) and problem or debug.traceback(tostring(problem), 2)
  end)
  if ok then Common.exit(code) end
  if interrupted(code) then ended(name) end
  Common.stop(name, code)
end

-- What to run when the doubt about an entry is cleared up.
local function way_out(name, entry, options)
  local file = options.journal ~= JOURNAL and " --journal " .. shell_word(options.journal) or ""
  return ("\nThen run: %s%s resolve %s --object ID, or --absent"):format(name, file,
    shell_word(entry))
end

--- Ends the program because of an error; in JSON it goes to the output.
-- @tparam[opt] table sofar what was done before it
-- @tparam[opt] integer code to end with, when it isn't the one that the error means
function Common.fail(name, err, options, sofar, code)
  if type(err) == "table" and err.type == "lua_error" and interrupted(err) then ended(name) end
  code = code or type(err) == "table" and Common.code_of(err) or Common.FAILED
  if options.json and type(err) == "table" then
    print(core.json { error = {
      type = err.type, code = err.code, message = err.message, param = err.param,
      status = err.status, request_id = err.request_id, idempotency_key = err.idempotency_key,
      sent = err.sent, retryable = err.retryable, entry = err.entry,
    }, sofar = sofar })
  end
  local message = tostring(err)
  if type(err) == "table" and err.type == "workflow_error" then
    message = message:gsub("(%l+) = true", "--%1") -- an option of Lua, and a flag here
  end
  if code == Common.DOUBT and err.entry then
    message = message .. way_out(name, err.entry, options)
  end
  Common.stop(name, message, code)
end

--- A client as the options say; ends the program when there can be none.
function Common.client(name, options)
  local key = options.api_key or os.getenv "STRIPE_SECRET_KEY"
  if not key or key == "" then
    if not options.api_base then
      Common.stop(name, "no key: set STRIPE_SECRET_KEY (or use --api-base with stripe-sim)",
        Common.USAGE)
    end
    key = "sk_test_simulator"
  end
  options.mode = Key.mode(key)
  if options.mode == "live" and not options.live then
    Common.stop(name, "this is a live key: real money would move; say --live if you mean it",
      Common.USAGE)
  end
  local made, client = pcall(stripe.new, {
    api_key = key, base_url = options.api_base, account = options.account,
    app_info = { name = name },
  })
  if not made then Common.stop(name, without_place(client), Common.USAGE) end
  return client
end

-- Whose journal it is, for people: "test keys", "live keys and the account acct_1".
local function whose(options)
  local account = options.account and " and the account " .. options.account or ""
  return options.mode .. " keys" .. account
end

--- The journal that the options name; ends the program when it can't be opened, or when it is that
-- of another mode or account: what was bought with a test key must not count as bought.
function Common.journal(name, options)
  local journal, err = stripe.journal(options.journal)
  if not journal then Common.fail(name, err, options) end
  if options.mode then
    local of
    of, err = journal:once("stripe/whose", function() return whose(options) end, { wait = 10 })
    if not of then Common.fail(name, err, options) end
    if of ~= whose(options) then
      Common.stop(name, ("%s is the journal of %s, not of %s: name another file with --journal")
        :format(options.journal, of, whose(options)), Common.USAGE)
    end
  end
  return journal
end

--- Adds the command that clears up a doubt.
function Common.resolving(parse)
  local resolve = parse:command("resolve", "Say what became of a request that is in doubt.")
  resolve:argument("name", "The name that the message about it has in quotes.")
  resolve:mutex(
    resolve:option("--object", "It was carried out: the id of what it made."):argname "ID",
    resolve:flag("--absent", "Nothing was done: the next run sends it anew."))
end

-- What the journal has of the name, for a dry run.
local function show_entry(name, options, journal)
  local entry, err = journal:get(options.name)
  if err then Common.fail(name, err, options) end
  if not entry then Common.stop(name, ("the journal has no %q"):format(options.name)) end
  Common.print(options, { name = options.name, state = entry.state },
    ("%s is %s\nNothing was noted.\n"):format(options.name, entry.state))
  return Common.DONE
end

-- Carries that command out.
function Common.resolve(name, options, prefix)
  if (options.object == nil) == (options.absent == nil) then
    Common.stop(name, "say --object ID or --absent", Common.USAGE)
  end
  if options.object and options.object:sub(1, #prefix) ~= prefix then
    Common.stop(name, ("--object %s: the id begins with %s"):format(options.object, prefix),
      Common.USAGE)
  end
  local file = io.open(options.journal, "rb")
  if not file then
    Common.stop(name, ("there is no journal %s here: name the file with --journal")
      :format(options.journal), Common.USAGE)
  end
  file:close()
  local journal = Common.journal(name, options)
  if options.dry_run then return show_entry(name, options, journal) end
  local done, err = journal:resolve(options.name,
    options.object and { object = { id = options.object } } or { absent = true })
  if not done then -- where nothing is open there is no doubt either
    Common.fail(name, err, options, nil, err.code == "changed" and Common.FAILED or nil)
  end
  Common.print(options, { name = options.name, object = options.object, absent = options.absent },
    options.name .. ": noted; run the same command again\n")
  return Common.DONE
end

--- A copy whose lists are lists in JSON, too, when they are empty.
-- @tparam table value
-- @tparam {string,...} names of the lists
function Common.lists(value, names)
  local copy = with({}, value)
  for _, name in ipairs(names) do
    if #copy[name] == 0 then copy[name] = core.empty_array end
  end
  return copy
end

--- Writes a text into a file, or prints it where none is named.
function Common.write(name, path, text)
  if not path then
    io.write(text)
    return
  end
  local written, message = File.write(path, text)
  if not written then Common.stop(name, message) end
end

--- Prints a value as JSON or by its text.
function Common.print(options, value, text)
  if options.json then
    print(core.json(value))
  else
    io.write(text)
  end
end

--- Reads a list with commas, for argparse.
function Common.split(text)
  local words = {}
  for word in text:gmatch "[^,]+" do words[#words + 1] = word end
  return words
end

--- Reads a whole number from 0, for argparse.
function Common.whole(text)
  local number = tonumber(text)
  if number and number % 1 == 0 and number >= 0 then return math.floor(number) end
  return nil, ("'%s' is no whole number"):format(text)
end

return Common
