describe("the type stubs", function()
  it("are those of the catalogue: make types writes them", function()
    local file = assert(io.open("lua/stripe/types/catalogue.lua", "rb"))
    local text = file:read("*a")
    file:close()
    assert.is_true(text == dofile("scripts/types.lua"), "the file is not current")
  end)

  it("name every method of every resource", function()
    local core = require "stripe.core"
    local text = dofile("scripts/types.lua")
    for _, operation in ipairs(core.operations()) do
      local class = ("---@class stripe.resource.%s\n"):format(operation.resource)
      local from = assert(text:find(class, 1, true), operation.resource)
      local body = text:sub(from, (text:find("\n\n", from, true)))
      assert.is_truthy(body:find(("---@field %s fun("):format(operation.name), 1, true))
    end
  end)

  it("name every option of a call, as the README does", function()
    local file = assert(io.open("README.md", "rb"))
    local readme = file:read("*a")
    file:close()
    local text = dofile("scripts/types.lua")
    local class = text:match("%-%-%-@class stripe%.call_options\n(.-)\n\n")
    for name in pairs(require("stripe.options").of_call) do
      if name ~= "journal" then -- which journal:once puts in
        assert.is_truthy(class:find(("---@field %s "):format(name), 1, true), name)
        assert.is_truthy(readme:find("%f[%w_]" .. name .. "%f[^%w_]"), name)
      end
    end
  end)

  it("name what is no operation of the API", function()
    local text = dofile("scripts/types.lua")
    assert.is_truthy(text:find("---@field since fun(self, ", 1, true))
    for _, kind in ipairs { "lua_error", "journal_error", "workflow_error" } do
      assert.is_truthy(text:find('|"' .. kind .. '"', 1, true), kind)
    end
  end)
end)
