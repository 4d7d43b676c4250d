local core = require "stripe.core"

local decode = core.decode

-- How a number prints: 5.3 and later tell integers from floats.
local function text(number)
  return math.type and math.type(number) .. " " .. number or number -- luacheck: ignore 143
end

describe("Decoding", function()
  it("makes tables of objects and arrays", function()
    assert.same({ a = { 1, 2, { b = "c" } }, d = true }, decode '{"a":[1,2,{"b":"c"}],"d":true}')
  end)

  it("makes integers of whole numbers, where Lua has them", function()
    local value = decode '{"a":1695680120,"b":[1,-0,2.0,1e3],"c":1.5}'
    local whole = math.type and "integer 1695680120" or 1695680120 -- luacheck: ignore 143
    assert.equal(whole, text(value.a))
    assert.equal(math.type and "integer 0" or 0, text(value.b[2])) -- luacheck: ignore 143
    assert.equal(math.type and "integer 1000" or 1000, text(value.b[4])) -- luacheck: ignore 143
    assert.equal(1.5, value.c)
    assert.equal(text(7), text(decode "7"))
  end)

  it("makes them up to 2^53, which no float loses", function()
    assert.equal("9007199254740992", ("%.0f"):format(decode "9007199254740992"))
    assert.equal("-9007199254740991", ("%.0f"):format(decode "[-9007199254740991]"[1]))
    assert.equal(1e300, decode "1e300")
  end)

  it("drops null from objects, at every depth", function()
    assert.same({ b = { c = { { e = 1 } } } },
      decode '{"a":null,"b":{"c":[{"d":null,"e":1}],"f":null},"g":null,"h":null}')
  end)

  it("keeps null in arrays", function()
    local value = decode '{"a":[null,1,null]}'
    assert.equal(core.null, value.a[1])
    assert.equal(1, value.a[2])
    assert.equal(core.null, value.a[3])
  end)

  it("keeps null everywhere when told to", function()
    local value = decode('{"a":null,"b":{"c":null}}', true)
    assert.equal(core.null, value.a)
    assert.equal(core.null, value.b.c)
    assert.equal(core.null, decode "null")
  end)

  it("names the list envelopes, outer ones first", function()
    local value, lists = decode [[{"object":"list","data":[
      {"object":"file","links":{"object":"list","data":[]}}, {"object":"file","links":null}]}]]
    assert.equal(2, #lists)
    assert.equal(value, lists[1])
    assert.equal(value.data[1].links, lists[2])
    local _, none = decode '{"object":["list"],"a":"list"}'
    assert.same({}, none)
  end)

  it("keeps the last of two members of one name, and text as it is", function()
    assert.same({ a = 2 }, decode '{"a":1,"a":2}')
    assert.same({ a = "\195\169\0/" }, decode [[{"a":"\u00e9\u0000\/"}]])
  end)
end)

describe("Decoding returns nil and a message", function()
  for name, broken in pairs {
    ["for an empty text"] = "",
    ["for half an object"] = '{"a":',
    ["for HTML"] = "<html>",
    ["for NaN"] = '{"a":NaN}',
    ["for infinity"] = "[Infinity]",
    ["for a hexadecimal number"] = "[0x10]",
    ["for what follows the value"] = "{} {}",
    ["for what follows a zero byte"] = "{}\0junk",
    ["for a byte order mark"] = "\239\187\191{}",
    ["for half a surrogate pair"] = [["\ud800"]],
    ["for nesting deeper than 128"] = ("["):rep(129) .. ("]"):rep(129),
  } do
    it(name, function()
      local value, message = decode(broken)
      assert.is_nil(value)
      assert.equal("string", type(message))
    end)
  end

  it("but takes nesting 128 deep", function()
    assert.is_table(decode(("["):rep(128) .. ("]"):rep(128)))
  end)
end)

describe("The decoder", function()
  it("is nobody else's: settings made elsewhere do not reach it, nor its own leak", function()
    local cjson = require "cjson"
    cjson.decode_max_depth(2)
    finally(function() cjson.decode_max_depth(1000) end)
    assert.is_table(decode "[[[[]]]]")
    assert.is_false(pcall(cjson.decode, "[[[[]]]]"))
    assert.is_true(pcall(cjson.decode, "[NaN]"))
  end)

  it("shares its null with cjson", function()
    assert.equal(require("cjson").null, core.null)
  end)
end)
