--- JSON as it is delivered.

local core = require "stripe.core"
local pretty = require "stripe.simulator.deliveries.pretty"

describe("JSON that is made pretty", function()
  it("is indented by two spaces", function()
    assert.equal('{\n  "a": 1,\n  "b": [\n    true,\n    {\n      "c": null\n    }\n  ]\n}',
      pretty '{"a":1,"b":[true,{"c":null}]}')
  end)

  it("keeps what is empty on its line", function()
    assert.equal('{\n  "a": {},\n  "b": []\n}', pretty '{"a":{},"b":[]}')
    assert.equal("{}", pretty "{}")
    assert.equal("7", pretty "7")
  end)

  it("keeps strings as they are", function()
    for _, text in ipairs { [[{}[],:\"]], [[\\]], [[a\\\"b]], "", "\195\164" } do
      local json = ('{"%s":"%s"}'):format(text, text)
      assert.equal(('{\n  "%s": "%s"\n}'):format(text, text), pretty(json))
      assert.same(core.decode(json), core.decode(pretty(json)))
    end
  end)
end)
