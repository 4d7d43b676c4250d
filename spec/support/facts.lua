--- Reads spec/vectors/catalogue_facts.lua, and says what the catalogue says in the same notation.

local published = require "spec.vectors.catalogue_facts"

local facts = {}

--- The words of a text as a list.
function facts.words(text)
  local list = {}
  for word in text:gmatch("%S+") do list[#list + 1] = word end
  return list
end

--- The facts under each heading: { ["climate.orders.create"] = { "amount integer", ... } }.
function facts.headings(text)
  local all, heading = {}, nil
  for line in text:gmatch("[^\n]+") do
    local fact = line:match("^  (.*)")
    if fact then
      table.insert(all[heading], fact)
    else
      heading = line
      all[heading] = {}
    end
  end
  return all
end

local function sorted_text(values)
  local sorted = {}
  for i, value in ipairs(values) do sorted[i] = value end
  table.sort(sorted)
  return table.concat(sorted, " ")
end

local enum_names = {}
for name, text in pairs(published.enums) do enum_names[sorted_text(facts.words(text))] = name end
enum_names[sorted_text(facts.words(published.api_versions))] = "api_versions"
enum_names[sorted_text(facts.words("* " .. published.event_types))] = "enabled_events"

local limits = { "max_length", "min_items", "max_items", "minimum", "maximum" }

local function flatten(one, path, into)
  local said = { path, one.type }
  local function say(word, holds)
    if holds then said[#said + 1] = word end
  end
  say("required", one.required)
  say("nullable", one.nullable)
  say("clearable", one.clearable)
  say("hidden", one.expand == "hidden")
  say("private_preview", one.stability == "private_preview")
  for _, limit in ipairs(limits) do say(limit .. "=" .. (one[limit] or ""), one[limit]) end
  say("format=" .. (one.format or ""), one.format)
  if one.enum then
    local values = sorted_text(one.enum)
    say((one.open and "open=" or "enum=") .. (enum_names[values] or values), true)
  end
  say((one.expand and "expand=" or "object=") .. (one.object or ""), one.object)
  into[#into + 1] = table.concat(said, " ")

  for _, member in ipairs(one.params or not one.object and one.fields or {}) do
    flatten(member, path .. "." .. member.name, into)
  end
  for _, alternative in ipairs(one.any_of or {}) do
    flatten(alternative, path .. "|" .. alternative.type, into)
  end
  if one.item then flatten(one.item, path .. "[]", into) end
  if one.map then flatten(one.map, path .. "{}", into) end
end

--- What a list of parameters or fields of the catalogue says, as a list of facts.
function facts.flatten(list)
  local into = {}
  for _, one in ipairs(list) do flatten(one, one.name, into) end
  return into
end

--- What an operation of the catalogue says about itself, as a list of facts.
function facts.operation(operation)
  local returns = operation.returns or "binary"
  if operation.list then returns = "list:" .. returns end
  if operation.fields then returns = "deleted_" .. returns end
  local body = operation.multipart and "multipart" or "form"
  return {
    operation.method .. " " .. operation.path,
    operation.host .. " " .. returns .. " " .. operation.stability .. " " .. body,
    operation.alternate_path and "also=" .. operation.alternate_path,
  }
end

--- What our tables say beyond what is published: facts of this pattern may have this word.
local additions = {
  { "^metadata object", "clearable" }, -- an empty string clears all keys everywhere
  { "metadata object", "format=metadata" },
  { "^created.*integer", "format=unix-time" },
  { "^currency string", "format=currency" },
  { "_amount string", "format=decimal" }, -- amounts of the onramp are decimal text
  { "_monetary string", "format=decimal" },
  { "%.metric_tons string", "format=decimal" },
}

local function without_additions(fact)
  for _, addition in ipairs(additions) do
    local first, last = fact:find(" " .. addition[2], 1, true)
    if first and fact:find(addition[1]) then
      fact = fact:sub(1, first - 1) .. fact:sub(last + 1)
    end
  end
  return fact
end

--- What only one of two lists of facts has, the additions apart:
-- { missing = { ... }, extra = { ... } }.
function facts.differ(expected, given)
  local result, in_expected, in_given = { missing = {}, extra = {} }, {}, {}
  for _, fact in ipairs(expected) do in_expected[without_additions(fact)] = true end
  for _, fact in ipairs(given) do
    in_given[without_additions(fact)] = true
    if not in_expected[without_additions(fact)] then table.insert(result.extra, fact) end
  end
  for _, fact in ipairs(expected) do
    if not in_given[without_additions(fact)] then table.insert(result.missing, fact) end
  end
  return result
end

return facts
