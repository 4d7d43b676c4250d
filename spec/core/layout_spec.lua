local layout = require("stripe.core").webhook_layout

describe("another layout of a JSON text", function()
  local COMPACT = '{"a":[1,{"b":"x, y: [\\"{"}],"c":{},"d":[],"e":null}'

  it("is the indented one that Stripe writes", function()
    assert.equal(table.concat({
      "{", '  "a": [', "    1,", "    {", '      "b": "x, y: [\\"{"', "    }", "  ],", '  "c": {},',
      '  "d": [],', '  "e": null', "}",
    }, "\n"), layout(COMPACT, "indented"))
  end)

  it("leads back to the one that it came from", function()
    for _, style in ipairs { "indented", "spaced", "compact" } do
      assert.equal(COMPACT, layout(layout(COMPACT, style), "compact"))
    end
    assert.equal('{"a": [1, {"b": "x, y: [\\"{"}], "c": {}, "d": [], "e": null}',
      layout(COMPACT, "spaced"))
  end)

  it("is none when brackets or strings don't end", function()
    for _, text in ipairs { "{", "}", "[[]", "[]]", '"', '{"a', '"a\\"', '"\\', ("["):rep(65) } do
      assert.is_nil(layout(text, "indented"))
    end
    assert.equal("", layout(" \n", "indented"))
  end)

  it("is none when they go deeper than 64 levels", function()
    assert.is_string(layout(("["):rep(64) .. "1" .. ("]"):rep(64), "compact"))
    assert.is_nil(layout(("["):rep(65) .. "1" .. ("]"):rep(65), "compact"))
  end)

  it("is not much longer than the text", function()
    assert.is_nil(layout(("["):rep(64) .. ("1,"):rep(60000) .. ("]"):rep(64), "indented"))
  end)
end)
