local suggest = require "stripe.suggest"

local names = { timeout = true, deadline = true, headers = true, host = true, ids = true }

describe("a suggestion", function()
  it("is the known name within two edits", function()
    assert.equal("timeout", suggest.nearest("timout", names))
    assert.equal("timeout", suggest.nearest("tiemout", names))
    assert.equal("headers", suggest.nearest("header", names))
    assert.equal("deadline", suggest.nearest("dead_lines", names))
  end)

  it("of a short name is within one edit", function()
    assert.equal("host", suggest.nearest("hots", names))
    assert.is_nil(suggest.nearest("hat", names))
  end)

  it("is not made when nothing is near", function()
    assert.is_nil(suggest.nearest("currency", names))
    assert.equal("", suggest.hint("currency", names))
  end)

  it("reads as the end of a sentence", function()
    assert.equal(' (did you mean "host"?)', suggest.hint("hosts", names))
    assert.equal("", suggest.hint(17, names))
  end)
end)
