local core = require "stripe.core"
local json, null, empty = core.json, core.null, core.empty_array

local function byte_string(...)
  return string.char(...)
end

describe("the JSON writer", function()
  it("writes each kind of value", function()
    assert.equal('"text"', json("text"))
    assert.equal("true", json(true))
    assert.equal("false", json(false))
    assert.equal("null", json(null))
    assert.equal("[]", json(empty))
    assert.equal("{}", json({}))
    assert.equal("[1,2,3]", json({ 1, 2, 3 }))
    assert.equal('{"a":[{"b":null}],"c":{}}', json({ a = { { b = null } }, c = {} }))
    assert.equal('{"amount":"1.50"}', json({ amount = core.decimal.new("1.50") }))
  end)

  it("writes the keys of a map in the order of their bytes", function()
    local map = { b = 1, a = 2, ["a b"] = 3, aa = 4, [""] = 5, Z = 6, ["é"] = 7 }
    assert.equal('{"":5,"Z":6,"a":2,"a b":3,"aa":4,"b":1,"é":7}', json(map))
  end)

  it("escapes what RFC 8259 says, and not the slash", function()
    assert.equal([["\"\\\b\f\n\r\t/"]], json("\"\\\b\f\n\r\t/"))
    assert.equal([["\u0000\u0001\u000b\u001f]] .. "\127\"", json("\0\1\11\31\127"))
    assert.equal([[{"a\"b":1}]], json({ ["a\"b"] = 1 }))
  end)

  it("passes UTF-8 through", function()
    local text = "aé€😀" .. byte_string(0xed, 0x9f, 0xbf) .. byte_string(0xf4, 0x8f, 0xbf, 0xbf)
    assert.equal('"' .. text .. '"', json(text))
  end)

  it("refuses what is not UTF-8, and says where", function()
    local broken = {
      byte_string(0x80), byte_string(0xc3), byte_string(0xc0, 0x80), byte_string(0xe0, 0x80, 0x80),
      byte_string(0xed, 0xa0, 0x80), byte_string(0xf0, 0x80, 0x80, 0x80),
      byte_string(0xf4, 0x90, 0x80, 0x80), byte_string(0xff), "ok" .. byte_string(0xe2, 0x82),
    }
    for _, text in ipairs(broken) do
      assert.has_error(function() json({ a = { "x", text } }) end, "a[2]: not valid UTF-8")
      assert.has_error(function() json({ [text] = 1 }) end)
    end
  end)

  it("writes whole numbers without a fraction and the rest as shortly as they allow", function()
    local texts = { [0] = "0", [1] = "1", [-17] = "-17", [1e15] = "1000000000000000",
      [2 ^ 53] = "9007199254740992", [1.5] = "1.5", [0.1] = "0.1", [-0.25] = "-0.25",
      [1e300] = "1e+300", [37.7749295] = "37.7749295", [0.1 + 0.2] = "0.30000000000000004" }
    for number, text in pairs(texts) do assert.equal(text, json(number)) end
    assert.equal("0", json(-0.0))
  end)

  it("writes numbers that read back as themselves", function()
    local seed = 7
    for _ = 1, 2000 do
      seed = (seed * 16807) % 2147483647
      local number = (seed - 1073741823) * 2 ^ (seed % 120 - 60) / 3
      assert.equal(number, tonumber(json(number)))
    end
  end)

  it("writes 64-bit integers exactly where Lua has them", function()
    if not math.tointeger then return end
    assert.equal("9223372036854775807", json(math.maxinteger))
    assert.equal("-9223372036854775808", json(math.mininteger))
  end)

  it("refuses, by name, what JSON has no form for", function()
    local cases = {
      { { a = print }, "a: a function has no JSON form" },
      { { a = { b = { io.stdout } } }, "a.b[1]: a userdata has no JSON form" },
      { { a = 1 / 0 }, "a: an infinity or NaN has no JSON form" },
      { { 0 / 0 }, "[1]: an infinity or NaN has no JSON form" },
      { { 1, nil, 3 }, "a list has the keys 1 to n and no other" },
      { { 1, 2, a = 3 }, "a list has the keys 1 to n and no other" },
      { { [2] = "x" }, "a list has the keys 1 to n and no other" },
      { { [1.5] = "x" }, "a list has the keys 1 to n and no other" },
      { { [true] = 1 }, "a map with a key that is not a string has no JSON form" },
    }
    for _, case in ipairs(cases) do
      local ok, message = pcall(json, case[1])
      assert.is_false(ok)
      assert.equal(case[2], (message:gsub("^%S+:%d+: ", "")))
    end
    assert.has_error(function() json() end)
  end)

  it("refuses LuaJIT's 64-bit numbers rather than writing something else", function()
    local ok, ffi = pcall(require, "ffi")
    if not ok then return end
    assert.has_error(function() json({ n = ffi.new("int64_t", 1) }) end,
      "n: a cdata has no JSON form")
  end)

  it("refuses a table that holds itself", function()
    local list, map = {}, {}
    list[1], map.self = list, map
    assert.has_error(function() json(list) end,
      "[1][1][1][1]: nested too deeply, or holds itself")
    assert.has_error(function() json(map) end,
      "self.self.self.self: nested too deeply, or holds itself")
  end)

  it("takes ninety-nine levels", function()
    local value = {}
    for _ = 1, 99 do value = { value } end
    assert.equal(("["):rep(99) .. "{}" .. ("]"):rep(99), json(value))
  end)

  it("is as good as new after a refusal", function()
    assert.has_error(function() json({ "long enough to leave something", print }) end)
    assert.equal('{"a":1}', json({ a = 1 }))
  end)

  it("sees tables raw", function()
    local proxy = setmetatable({ a = 1 }, { __index = { b = 2 }, __len = function() return 9 end,
      __pairs = function() error("not asked") end })
    assert.equal('{"a":1}', json(proxy))
  end)

  it("is not disturbed by a finalizer that writes JSON too", function()
    local function finalized()
      local new_proxy = rawget(_G, "newproxy") -- 5.1 and LuaJIT finalize only userdata
      if new_proxy then
        getmetatable(new_proxy(true)).__gc = function() json({ "meanwhile" }) end
      else
        setmetatable({}, { __gc = function() json({ "meanwhile" }) end })
      end
    end
    local maps, expected = {}, {}
    for i = 1, 5000 do
      maps[i] = { key = i }
      expected[i] = ('{"key":%d}'):format(i)
    end
    expected = "[" .. table.concat(expected, ",") .. "]"
    collectgarbage()
    for _ = 1, 20 do
      for _ = 1, 50 do finalized() end
      assert.equal(expected, json(maps))
    end
  end)
end)
