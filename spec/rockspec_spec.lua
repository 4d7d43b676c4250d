--- What the rockspec lists is what is there: it cannot say "all files below lua/".

local lfs = require "lfs"

local function load_rockspec()
  local rockspec = {}
  local path = "rockspec/stripe-scm-1.rockspec"
  local chunk
  if setfenv then
    chunk = setfenv(assert(loadfile(path)), rockspec)
  else
    chunk = assert(loadfile(path, "t", rockspec))
  end
  chunk()
  return rockspec
end

--- Calls found(path) for every file below a directory whose name ends in suffix.
local function each_file(directory, suffix, found)
  for name in lfs.dir(directory) do
    local path = directory .. "/" .. name
    if name:sub(1, 1) ~= "." and lfs.attributes(path, "mode") == "directory" then
      each_file(path, suffix, found)
    elseif name:sub(-#suffix) == suffix then
      found(path)
    end
  end
end

local function module_name(path)
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

describe("the rockspec", function()
  local modules = load_rockspec().build.modules

  it("lists every Lua module under its own name", function()
    local missing = {}
    each_file("lua", ".lua", function(path)
      if modules[module_name(path)] ~= path then
        missing[#missing + 1] = ('["%s"] = "%s",'):format(module_name(path), path)
      end
    end)
    assert.same({}, missing)
  end)

  it("lists every C source", function()
    local listed, missing = {}, {}
    for _, source in pairs(modules) do
      for _, path in ipairs(source.sources or {}) do listed[path] = true end
    end
    each_file("src", ".c", function(path)
      if not listed[path] then missing[#missing + 1] = ('"%s",'):format(path) end
    end)
    assert.same({}, missing)
  end)

  it("installs every program", function()
    local programs = {}
    for name in lfs.dir "bin" do
      if name:sub(1, 1) ~= "." then programs[name] = "bin/" .. name end
    end
    assert.same(programs, load_rockspec().build.install.bin)
  end)

  it("lists nothing that is not there", function()
    local absent = {}
    for _, source in pairs(modules) do
      for _, path in ipairs(source.sources or { source }) do
        if not lfs.attributes(path) then absent[#absent + 1] = path end
      end
    end
    assert.same({}, absent)
  end)

  it("copies no directory that LuaRocks keeps for itself", function()
    assert.is_nil(load_rockspec().build.copy_directories)
  end)
end)
