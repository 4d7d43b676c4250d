local core = require "stripe.core"
local lfs = require "lfs"

describe("replace_file", function()
  local directory

  before_each(function()
    directory = os.tmpname()
    os.remove(directory)
    assert(lfs.mkdir(directory))
  end)
  after_each(function() os.execute("rm -rf " .. directory) end)

  local function contents(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read "*a"
    file:close()
    return text
  end

  local function names()
    local list = {}
    for name in lfs.dir(directory) do
      if name ~= "." and name ~= ".." then list[#list + 1] = name end
    end
    return list
  end

  it("writes any bytes, and leaves nothing else behind", function()
    local path = directory .. "/x"
    for _, text in ipairs { "", "a\0b\r\n", ("z"):rep(300000) } do
      assert.is_true(core.replace_file(path, text))
      assert.is_true(contents(path) == text)
    end
    assert.same({ "x" }, names())
  end)

  it("writes to the directory that one is in", function()
    local here = lfs.currentdir()
    lfs.chdir(directory)
    local written = core.replace_file("x", "text")
    lfs.chdir(here)
    assert.is_true(written)
    assert.equal("text", contents(directory .. "/x"))
  end)

  it("keeps the old file when the new one can't be written", function()
    assert.is_true(lfs.mkdir(directory .. "/x")) -- nothing can be renamed over it
    local written, message = core.replace_file(directory .. "/x", "new")
    assert.is_nil(written)
    assert.matches("/x: ", message, 1, true)
    assert.same({ "x" }, names())
  end)

  it("says why it can't", function()
    assert.same({ nil, directory .. "/none/x: No such file or directory" },
      { core.replace_file(directory .. "/none/x", "text") })
  end)

  it("refuses what is no path", function()
    assert.has_error(function() core.replace_file("", "x") end)
    assert.has_error(function() core.replace_file("a\0b", "x") end)
    assert.has_error(function() core.replace_file(("x"):rep(5000), "x") end)
  end)
end)

describe("private_file", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)
  after_each(function() os.remove(path) end)

  it("makes a file that nobody else can read", function()
    assert.is_true(core.private_file(path))
    assert.equal("rw-------", lfs.attributes(path, "permissions"))
    assert.equal(0, lfs.attributes(path, "size"))
  end)

  it("leaves a file alone that is there", function()
    assert(core.replace_file(path, "text"))
    os.execute("chmod 644 " .. path)
    assert.is_true(core.private_file(path))
    assert.equal("rw-r--r--", lfs.attributes(path, "permissions"))
    assert.equal(4, lfs.attributes(path, "size"))
  end)

  it("says why it can't", function()
    assert.same({ nil, path .. "/x: No such file or directory" },
      { core.private_file(path .. "/x") })
    assert.has_error(function() core.private_file "" end)
    assert.has_error(function() core.private_file "a\0b" end)
  end)
end)

describe("stripe.file", function()
  local File, path = require "stripe.file", nil

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("reads back what was written", function()
    assert.is_true(File.write(path, "a\0b\r\n"))
    assert.equal("a\0b\r\n", File.read(path))
  end)

  it("says why it can't, and by number that there is no such file", function()
    os.remove(path)
    local text, message, code = File.read(path)
    assert.is_nil(text)
    assert.matches(path, message, 1, true)
    assert.equal(2, code)
    text, message, code = File.read "/"
    assert.is_nil(text)
    assert.matches("^/: ", message)
    assert.equal(21, code) -- EISDIR
  end)
end)
