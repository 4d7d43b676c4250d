local core = require "stripe.core"

local BODY = '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}'
local SECRET = "whsec_test_secret"
local TIME = 1700000000
local GOOD = core.webhook_sign(BODY, SECRET, ("%d"):format(TIME))
local ZEROS = ("0"):rep(64)

local function verify(header, secrets, now)
  return core.webhook_verify(BODY, header, secrets or SECRET, 300, 300, now or TIME)
end

-- What a header says, read in another way than by the code that it judges: a list of elements.
local function reference(header)
  if #header > 8192 then return "header_too_long" end
  if not header:find("[^ \t\r\n]") then return "header_missing" end
  local times, good, malformed, schemes = {}, {}, 0, 0
  for element in (header .. ","):gmatch("([^,]*),") do
    element = element:gsub("^[ \t\r\n]+", "")
    while element:find("^[ \t\r\n]", #element) do element = element:sub(1, #element - 1) end
    local name, value = element:match("^([^=]*)=(.*)$")
    name, value = name or element, value or ""
    if name == "t" then
      times[#times + 1] = value
    elseif name == "v1" then
      if #value == 64 and not value:find("%X") then
        good[#good + 1] = value:lower()
        if #good > 16 then return "signature_limit" end
      else
        malformed = malformed + 1
      end
    elseif name:find("^v%d") then
      schemes = schemes + 1
    end
  end
  if #times + #good + malformed + schemes == 0 then return "header_malformed" end
  if #times == 0 then return "timestamp_missing" end
  if #times > 1 then return "timestamp_repeated" end
  if times[1] ~= "0" and not (times[1]:find("^[1-9]%d*$") and #times[1] <= 12) then
    return "timestamp_malformed"
  end
  if #good + malformed == 0 then
    return schemes > 0 and "signature_scheme" or "signature_missing"
  end
  if #good == 0 then return "signature_malformed" end
  local digits = core.webhook_sign(BODY, SECRET, times[1])
  for _, value in ipairs(good) do
    if value == digits then return "fine", tonumber(times[1]) end
  end
  return "signature_mismatch"
end

describe("a signature's header", function()
  it("may hold sixteen signatures, and no more", function()
    local header = "t=1700000000" .. (",v1=" .. ZEROS):rep(15) .. ",v1=" .. GOOD
    assert.equal(TIME, (verify(header)))
    assert.same({ nil, "signature_limit" }, { verify(header .. ",v1=" .. ZEROS) })
  end)

  it("is read up to 8 KiB, and not beyond", function()
    local header = "t=1700000000,v1=" .. GOOD .. ",x="
    header = header .. ("y"):rep(8192 - #header)
    assert.equal(TIME, (verify(header)))
    assert.same({ nil, "header_too_long" }, { verify(header .. "y") })
  end)

  it("may hold any number of signatures that can't be one", function()
    assert.equal(TIME, (verify("t=1700000000," .. ("v1=,"):rep(1000) .. "v1=" .. GOOD)))
  end)

  it("may say any time of up to twelve digits", function()
    for _, text in ipairs { "0", "1", "999999999999" } do
      local header = "t=" .. text .. ",v1=" .. core.webhook_sign(BODY, SECRET, text)
      assert.equal(tonumber(text), (core.webhook_verify(BODY, header, SECRET, false, false)))
    end
    assert.same({ nil, "timestamp_malformed" }, { verify("t=1000000000000,v1=" .. GOOD) })
    assert.same({ nil, "timestamp_malformed" }, { verify("t=00,v1=" .. GOOD) })
  end)

  it("may hold NUL bytes, which are bytes like others", function()
    assert.same({ nil, "timestamp_malformed" }, { verify("t=1700000000\0,v1=" .. GOOD) })
    assert.same({ nil, "signature_malformed" }, { verify("t=1700000000,v1=" .. GOOD .. "\0") })
    assert.equal(TIME, (verify("t=1700000000,\0,v1=" .. GOOD .. ",\0\0")))
  end)

  it("is read as the rules say, whatever is in it", function()
    local seed = 20231114
    local function random(n) -- the same numbers in every Lua
      seed = (seed * 16807) % 2147483647
      return seed % n + 1
    end
    local pieces = {
      "t=", "t", "v1=", "v1", "v0=", "v2", "v", "=", ",", ",", ",", " ", "\t", "\n", "\0", "\255",
      "1700000000", "1700000000", "0", "01", "-1", "9999999999999", "abc", ZEROS, GOOD, GOOD,
      GOOD:upper(), GOOD:sub(2), "t=1700000000,", "t=1700000000,", "v1=" .. GOOD .. ",",
      ",v1=" .. GOOD, "T=", "V1=", "%2C", "v1=" .. ZEROS .. ",", (",v1=" .. ZEROS):rep(9),
      ("x"):rep(3000),
    }
    local met = {}
    for _ = 1, 20000 do
      local list = {}
      for i = 1, random(9) do list[i] = pieces[random(#pieces)] end
      local header = table.concat(list)
      local expected, time = reference(header)
      local at, fault = core.webhook_verify(BODY, header, SECRET, false, false, TIME)
      if expected == "fine" then fault = "fine" end
      if fault ~= expected or at ~= time then
        error(("%q: %s instead of %s"):format(header, tostring(fault), expected))
      end
      met[expected] = true
    end
    for _, name in ipairs {
      "fine", "header_too_long", "header_missing", "header_malformed", "timestamp_missing",
      "timestamp_repeated", "timestamp_malformed", "signature_missing", "signature_scheme",
      "signature_malformed", "signature_mismatch", "signature_limit",
    } do
      assert.is_true(met[name], name .. " was never met")
    end
  end)
end)

describe("a signature", function()
  it("differs with every bit", function()
    for i = 1, 64 do
      local digit = ("%x"):format((tonumber(GOOD:sub(i, i), 16) + 1) % 16)
      local other = GOOD:sub(1, i - 1) .. digit .. GOOD:sub(i + 1)
      assert.same({ nil, "signature_mismatch", TIME, 0 }, { verify("t=1700000000,v1=" .. other) })
    end
  end)

  it("says which secret of a list made it", function()
    local header = "t=1700000000,v1=" .. GOOD
    assert.same({ TIME, 1, 0 }, { verify(header, { SECRET, "b" }) })
    assert.same({ TIME, 3, 7 }, { verify(header, { "a", "b", SECRET, "c" }, TIME + 7) })
    assert.same({ nil, "signature_mismatch", TIME, 0 }, { verify(header, { "a", "b" }) })
    assert.same({ nil, "signature_mismatch", TIME, 0 }, { verify(header, {}) })
  end)

  it("may be as old, and as far ahead, as is allowed to each side", function()
    local header = "t=1700000000,v1=" .. GOOD
    local function at(seconds, tolerance, future)
      local _, index_or_fault = core.webhook_verify(BODY, header, SECRET, tolerance, future,
        TIME + seconds)
      return index_or_fault
    end
    assert.equal(1, at(10, 10, 0))
    assert.equal("timestamp_too_old", at(11, 10, 1000))
    assert.equal(1, at(-20, 0, 20))
    assert.equal("timestamp_in_future", at(-21, 1000, 20))
    assert.equal(1, at(0, 0, 0))
    assert.equal(1, at(1e9, false, 0))
    assert.equal(1, at(-1e9, 0, false))
  end)

  it("comes from the clock of the machine unless a time is given", function()
    local text = ("%.0f"):format(os.time())
    local header = "t=" .. text .. ",v1=" .. core.webhook_sign(BODY, SECRET, text)
    local time, index, age = core.webhook_verify(BODY, header, SECRET, 60, 60)
    assert.equal(tonumber(text), time)
    assert.equal(1, index)
    assert.is_true(age >= 0 and age <= 60)
  end)

  it("is never made with an empty secret, nor with what is no string", function()
    for _, secret in ipairs { "", 7, true, { "a", "" }, { 7 } } do
      assert.is_false(pcall(verify, "t=1700000000,v1=" .. GOOD, secret))
      assert.is_false(pcall(core.webhook_sign, BODY, secret, "1"))
    end
    assert.is_false(pcall(core.webhook_verify, BODY, "t=1", SECRET, -1, 0, TIME))
    assert.is_false(pcall(core.webhook_verify, BODY, "t=1", SECRET, 0 / 0, 0, TIME))
    assert.is_false(pcall(core.webhook_verify, BODY, "t=1", SECRET, 0, 0, 1 / 0))
  end)
end)
