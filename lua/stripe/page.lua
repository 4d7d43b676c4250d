--- Pages: every list in an answer can be walked.
--
-- A page is the list object as it came (`data`, `has_more`, `url`, ...); what it knows more is in
-- its metatable, so `pairs` and `cjson.encode` see plain data.
--
--     for order, err in page:each { max_items = 500 } do
--       if err then return nil, err end
--       print(order.id)
--     end
--
-- With `ending_before` among the parameters of the list, everything walks away from that cursor,
-- nearest first. `limit` is the size of a page; `max_items` is where to stop.
-- @module stripe.page

local Error = require "stripe.error"
local Misuse = require "stripe.misuse"
local Response = require "stripe.response"
local with = require "stripe.with"

local Page = {}

local NAME = "stripe.page"
local FORWARD, BACKWARD = "starting_after", "ending_before"

local function state_of(page)
  local metatable = getmetatable(page)
  if type(metatable) ~= "table" or metatable.__name ~= NAME then
    error("a method of a page takes a colon: page:each(), page:next_page(), ...", 3)
  end
  return metatable.state
end

local function describe(page)
  return ("stripe.page (%d items%s)"):format(#page.data, page.has_more == true and ", more" or "")
end

--- Makes a page of a list, in place.
-- @tparam table list `{object = "list", data =, has_more =, url =}`
-- @tparam table source `fetch(params)` -> page | nil, err, response; `params` that the list was
--   asked with; `driver()` -> the driver
-- @treturn table the list
function Page.adopt(list, source)
  if type(list.data) ~= "table" then return list end
  local backward = source.params[BACKWARD] ~= nil
  local state = {
    source = source,
    backward = backward,
    direction = backward and BACKWARD or FORWARD, -- in which this page leads on
    more = list.has_more == true,
    -- The cursors that led from page to page up to here, and the number of pages: with these, a
    -- cursor that comes back is seen, while asking the same page twice is not an error.
    used = {}, depth = 1,
  }
  return setmetatable(list, {
    __name = NAME, __index = Page, __tostring = describe, state = state,
  })
end

local function params_at(state, direction, id)
  local params = with({}, state.source.params)
  params[FORWARD], params[BACKWARD] = nil, nil
  params[direction] = id
  return params
end

local function edge(page, direction)
  local item = direction == FORWARD and page.data[#page.data] or page.data[1]
  if item == nil then return nil end
  local id = type(item) == "table" and item.id
  return type(id) == "string" and id or false
end

local function broken(message)
  return nil, Error.new {
    type = "api_error", message = message, attempts = {}, retryable = false, sent = "yes",
  }
end

-- The page beside this one, in a direction; nil when there is none.
local function turn(page, direction)
  local state = state_of(page)
  local same = direction == state.direction
  if same and not state.more then return nil end
  local id = edge(page, direction)
  if id == nil then return nil end
  if not id then return broken("an item of the list has no id: no cursor can be made of it") end
  if same then
    local first = state.used[id]
    if first and first ~= state.depth or state.source.params[direction] == id then
      return broken(("the cursor %s came back: the list does not move on"):format(id))
    end
    state.used[id] = state.depth
  end
  local following, err, response = state.source.fetch(params_at(state, direction, id))
  if not following then return Response.failed(err, response) end
  local metatable = getmetatable(following)
  if not metatable or metatable.__name ~= NAME then
    return broken("the answer to the request for a page is no list")
  end
  if same then
    metatable.state.used, metatable.state.depth = state.used, state.depth + 1
  end
  return following, nil, response
end

--- The page that follows in the order of the list.
-- @treturn[1] table the page, nil, and its response
-- @treturn[2] nil when this is the last
-- @treturn[3] nil
-- @treturn[3] table the error
function Page:next_page()
  state_of(self)
  return turn(self, FORWARD)
end

--- The page that comes before in the order of the list. Before the first page this asks for what is
-- new since, and may be empty.
-- @return as `next_page`
function Page:previous_page()
  state_of(self)
  return turn(self, BACKWARD)
end

--- Where to go on after this page: the parameters of a list call that gives the page after this
-- one (before it, when walking with `ending_before`), filters included. Plain data, to be stored.
-- @treturn table such as `{limit = 100, starting_after = "climorder_..."}`
function Page:cursor()
  local state = state_of(self)
  local id = edge(self, state.direction)
  return params_at(state, state.direction, id or state.source.params[state.direction])
end

local EACH = { max_items = "number", prefetch = "boolean" }

local function check(options)
  if options == nil then return {} end
  if type(options) ~= "table" then error("options must be a table", 3) end
  local misuse = Misuse.types(options, EACH)
  if misuse then error(misuse, 3) end
  local most = options.max_items
  if most and (most < 0 or most ~= most) then
    error('option "max_items" must not be negative', 3)
  end
  return options
end

-- Starts to fetch the page after this one: a function that waits for it.
local function ahead(page, prefetch)
  local state = state_of(page)
  if not (prefetch and state.more) then
    return function() return turn(page, state.direction) end
  end
  local driver = state.source.driver()
  local task = driver.spawn(function() return turn(page, state.direction) end)
  return function()
    local ok, following, err = driver.await(task)
    if ok then return following, err end
    return nil, Error.thrown(following, err)
  end
end

local function walk(page, options)
  local left = options.max_items or math.huge
  local done, following, asking = 0, nil, false
  return function()
    if asking then
      error("another task waits for a page in this iterator; each task needs one of its own", 2)
    end
    while page and left > 0 do
      local data = page.data
      local n = #data
      following = following or ahead(page, options.prefetch and left > n)
      if done < n then
        done, left = done + 1, left - 1
        return data[state_of(page).backward and n + 1 - done or done]
      end
      local err
      asking = true
      page, err = following()
      done, following, asking = 0, nil, false
      if err then return false, err end
    end
  end
end

--- Iterates over the items of this page and of all that follow: `for item, err in page:each() do`.
-- On failure the body runs once more, with `item == false` and `err` set; then the loop ends. It
-- throws when one task asks it while another waits in it.
-- @tparam ?table options `max_items`: stop after so many; `prefetch = true`: fetch the next page
--   while this one is being worked on
-- @treturn function
function Page:each(options)
  state_of(self)
  return walk(self, check(options))
end

--- All items of this page and of those that follow, as a list.
-- @tparam ?table options as of `each`
-- @treturn[1] table the items
-- @treturn[2] nil
-- @treturn[2] table the error
-- @treturn[2] table the items that came before it
function Page:collect(options)
  state_of(self)
  local items, step = {}, walk(self, check(options))
  local item, err = step()
  while item ~= nil do
    if err then return nil, err, items end
    items[#items + 1] = item
    item, err = step()
  end
  return items
end

return Page
