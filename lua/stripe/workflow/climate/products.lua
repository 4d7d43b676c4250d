--- The products on sale, as a plan sees them.
-- @module stripe.workflow.climate.products

local Operations = require "stripe.operations"

local Products = {}

-- The suppliers of a product as text, and as sets of their ids and pathways.
local function read(product)
  local names, pathways, seen, set = {}, {}, {}, {}
  for i, supplier in ipairs(product.suppliers or {}) do
    names[i] = supplier.name
    set[supplier.id] = true
    local pathway = supplier.removal_pathway
    if not seen[pathway] then
      seen[pathway] = true
      pathways[#pathways + 1] = pathway
    end
  end
  return {
    product = product, id = product.id, suppliers = names, supplier_ids = set,
    pathways = pathways, pathway_set = seen,
  }
end

--- All products, each as `{ product, id, suppliers = names, supplier_ids = set, pathways = list,
-- pathway_set }`.
-- @treturn[1] {table,...}
-- @treturn[2] nil
-- @treturn[2] table the error
function Products.list(client)
  local page, err = client.climate.products:list { limit = 100 }
  if not page then return nil, err end
  local found = {}
  for product, problem in page:each() do
    if not product then return nil, problem end
    found[#found + 1] = read(product)
  end
  return found
end

--- One product by its id.
function Products.get(client, id)
  local product, err = client.climate.products:retrieve(id)
  if not product then return nil, err end
  return read(product)
end

-- The pathways that the catalogue has.
local function pathways()
  for _, field in ipairs(Operations.catalogue()["climate.suppliers"].fields) do
    if field.name == "removal_pathway" then return field.enum end
  end
end

local function is_id(name)
  for _, resource in ipairs { "climate.products", "climate.suppliers" } do
    local prefix = Operations.catalogue()[resource].id_prefix
    if name:sub(1, #prefix) == prefix then return true end
  end
end

--- The first of the names that means nothing: no product, supplier or pathway on sale, and none
-- that may have been or may come, by its form.
-- @tparam table names as keys
-- @tparam {table,...} all as of `list`
-- @treturn ?string
-- @treturn ?table the names that mean something, as keys
function Products.stranger(names, all)
  local known, found = {}, nil
  for _, pathway in ipairs(pathways()) do known[pathway] = true end
  for _, item in ipairs(all) do
    known[item.id] = true
    for _, set in ipairs { item.supplier_ids, item.pathway_set } do
      for name in pairs(set) do known[name] = true end
    end
  end
  for name in pairs(names) do
    if not (known[name] or is_id(name)) and not (found and found < name) then found = name end
  end
  return found, known
end

--- The pathway that all suppliers of a product share; "mixed" when they differ.
function Products.pathway(item)
  return #item.pathways == 1 and item.pathways[1] or "mixed"
end

return Products
