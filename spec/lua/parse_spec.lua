local core = require "stripe.core"

-- Text that has an escape is not plain: lua-cjson decodes it, and the second pass tidies it.
local function slowly(text, keep_null)
  local value, lists = core.decode('["\\u0020",' .. text .. "]", keep_null)
  return value and value[2], lists
end

local function kinds(value)
  if type(value) ~= "table" then
    local kind = math.type and math.type(value) or type(value) -- luacheck: ignore 143
    return kind .. " " .. tostring(value)
  end
  local result = {}
  for name, member in pairs(value) do result[name] = kinds(member) end
  return result
end

describe("Plain JSON", function()
  for what, text in pairs {
    ["with numbers"] = "[0,1,-1,10,999999999999999,-999999999999999,1234567890123456]",
    ["with decimals"] = "[0.1,-0.1,64.14,-21.94,1.0,100.00,0.00000000000001,3.14159265358979]",
    ["with numbers of other forms"] = "[-0,1e3,1E-2,0.0,-0.0,0.1234567890123456,1e300]",
    ["with words"] = '{"a":true,"b":false,"c":null,"d":[null,true]}',
    ["with text"] = '{"":"","a b":"\195\169/~","c":"\127"}',
    ["with space everywhere"] = ' \t\r\n{ "a" : [ 1 , 2 ] , "b" : { } , "c" : [ ] } \n',
    ["with lists in it"] = '{"object":"list","data":[{"object":"list","data":[]},{"object":"x"}]}',
    ["with one name twice"] = '{"a":1,"a":{"b":2}}',
    ["with a list by another name"] = '{"object":"lists","a":{"object":["list"]}}',
    ["with members after an object named list"] = '{"a":"list","object" : "list"}',
  } do
    it(what .. " becomes what lua-cjson and a second pass make of it", function()
      for _, keep_null in ipairs { false, true } do
        local value, lists = core.decode(text, keep_null)
        local expected, others = slowly(text, keep_null)
        assert.same(kinds(expected), kinds(value))
        assert.same(kinds(others), kinds(lists))
      end
    end)
  end

  it("that is broken is refused", function()
    for _, text in ipairs {
      "", " ", "{", "[", "[1", "[1,", "[1,]", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}',
      "{a:1}",
      '{"a" 1}', '{1:1}', "[1 2]", "[1]]", "{}}", '"a', "tru", "nul", "[truely]", "-", "[-]",
      "[.5]", "[+1]", "[--1]", "[1.5.5]", "[1e]", "[,]", "[1,,2]",
    } do
      assert.is_nil((core.decode(text)), text)
    end
  end)

  it("may be long and nested", function()
    local numbers = {}
    for i = 1, 20000 do numbers[i] = i end
    assert.same(numbers, core.decode("[" .. table.concat(numbers, ",") .. "]"))
    local depth, value = 100, core.decode(('{"a":'):rep(100) .. "1" .. ("}"):rep(100))
    for _ = 1, depth do value = value.a end
    assert.equal(1, value)
  end)
end)
