--- Workflows: what scripts automate with this library, made to survive being killed.
--
-- `stripe.workflow.climate`, `.onramp`, `.identity` and `.forwarding` load when first touched; each
-- is a function that takes a client and returns an object with the workflow's methods.
-- @module stripe.workflow

local WORKFLOWS = { climate = true, onramp = true, identity = true, forwarding = true }

return setmetatable({}, {
  __name = "stripe.workflow",
  __index = function(self, name)
    if not WORKFLOWS[name] then return nil end
    local workflow = require("stripe.workflow." .. name)
    rawset(self, name, workflow)
    return workflow
  end,
})
