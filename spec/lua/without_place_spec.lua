describe("stripe.without_place", function()
  local without_place = require "stripe.without_place"

  it("takes the file and the line away that Lua puts in front of a message", function()
    local _, thrown = pcall(error, "port 80: it is taken", 1)
    assert.equal("port 80: it is taken", without_place(thrown))
    _, thrown = pcall(function() error("port 80: it is taken") end)
    assert.matches("without_place_spec", thrown)
    assert.equal("port 80: it is taken", without_place(thrown))
  end)

  it("leaves a message without a place as it is", function()
    assert.equal("port 80: it is taken", without_place "port 80: it is taken")
    assert.equal("", without_place "")
  end)

  it("makes a text of what is none", function()
    local problem = setmetatable({}, { __tostring = function() return "a problem" end })
    assert.equal("a problem", without_place(problem))
    assert.equal("nil", without_place(nil))
  end)
end)
