--- The public addresses of file links: whoever knows one needs no key.
-- @module stripe.simulator.files.public

local errors = require "stripe.simulator.errors"
local file_links = require "stripe.simulator.files.links"
local response = require "stripe.simulator.response"

local public_links = {}

--- Whether a request is for such an address.
function public_links.takes(request)
  return request.method == "GET" and request.path:find("^/links/[^/]+$") ~= nil
end

--- Answers it, whichever account the link belongs to.
function public_links.answer(simulator, request)
  for _, account in ipairs(simulator.accounts.list) do
    local answer = file_links.download(account, request.path)
    if answer then return answer end
  end
  return response.refused(errors.new { status = 404,
    message = "This link has expired, or never was one." })
end

return public_links
