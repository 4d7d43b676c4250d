local core = require "stripe.core"
local cjson = require "cjson.safe"

local function squeezed(text)
  return (core.squeeze(text))
end

describe("squeezing a JSON text", function()
  it("takes out the blanks between tokens, and none in strings", function()
    assert.are.equal('{"a b":[1,"c  d\\" : ",{}],"e":true}',
      squeezed ' {\r\n "a b" : [ 1 ,\t"c  d\\" : " , { } ] , "e" : true }\n')
    assert.is_true(select(2, core.squeeze ' [ 1 ] '))
  end)

  it("takes out members that are null, wherever they stand", function()
    assert.are.equal('{"b":1}', squeezed '{"a":null,"b":1}')
    assert.are.equal('{"a":1}', squeezed '{"a":1,"b":null}')
    assert.are.equal('{"a":1,"d":{}}', squeezed '{"a":1,"b":null,"c": null ,"d":{"e":null}}')
    assert.are.equal('{}', squeezed '{"a":null}')
  end)

  it("leaves null in arrays, and alone", function()
    assert.are.equal('[null,{}]', squeezed '[null, {"a": null}]')
    assert.are.equal('null', squeezed 'null')
  end)

  it("says so when it comes to something strange, and leaves the rest as it is", function()
    for text, expected in pairs {
      [""] = "", ["{"] = "{", ["[ 1 2 ]"] = "[1 2 ]", ['{"a": 1, b }'] = '{"a":1, b }',
      ['{"a":null,}'] = "{,}", ['{"a":null "b":1}'] = '{"a":null "b":1}', ["[1 , ]"] = "[1, ]",
      ['{"a" 1}'] = '{"a" 1}', ['{"a":null'] = '{"a":null', ['"a'] = '"a', ["{} {}"] = "{} {}",
      ['{"\\u0061": null, "b": 1 }'] = '{"\\u0061": null, "b": 1 }', ["[}"] = "[}",
      ['{"a\1": null}'] = '{"a\1": null}',
    } do
      local shorter, whole = core.squeeze(text)
      assert.are.equal(expected, shorter)
      assert.is_false(whole)
    end
  end)

  it("goes no deeper than the decoder", function()
    local function nested(n) return ("["):rep(n) .. ("]"):rep(n) end
    assert.is_true(select(2, core.squeeze(nested(128))))
    local text, whole = core.squeeze(nested(129))
    assert.are.equal(nested(129), text)
    assert.is_false(whole)
  end)

  -- Texts near to JSON: each byte of one replaced by others, or left out.
  it("makes no JSON of what is none, and of JSON the same but for nulls", function()
    local text = '{ "a" : [ 1 , null , "x\\"" ] , "b" : null , "c" : { "d" : null } }'
    for i = 1, #text do
      for _, other in ipairs { "", " ", '"', "{", "}", "[", "]", ",", ":", "\\", "n", "0" } do
        local changed = text:sub(1, i - 1) .. other .. text:sub(i + 1)
        local shorter = core.squeeze(changed)
        assert.are.same({ core.decode(changed) ~= nil, (core.decode(changed)) },
          { core.decode(shorter) ~= nil, (core.decode(shorter)) }, changed)
      end
    end
    assert.is_nil(squeezed(text):find('null}', 1, true))
    assert.is_not_nil(cjson.decode(squeezed(text)))
  end)
end)
