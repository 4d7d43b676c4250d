local Driver = require "stripe.driver"

describe("the choice of a driver", function()
  local saved

  before_each(function()
    saved = { ngx = package.loaded.ngx, cqueues = package.loaded.cqueues }
  end)

  after_each(function()
    package.loaded.ngx, package.loaded.cqueues = saved.ngx, saved.cqueues
    package.preload["stripe.driver.nginx"], package.loaded["stripe.driver.nginx"] = nil, nil
    package.preload["stripe.driver.cqueues"], package.loaded["stripe.driver.cqueues"] = nil, nil
  end)

  local function provide(name)
    local driver = {}
    package.preload["stripe.driver." .. name] = function() return driver end
    return driver
  end

  it("falls on the blocking one in a plain script", function()
    assert.equal(require "stripe.driver.blocking", Driver.current())
  end)

  it("falls on nginx's in nginx", function()
    local nginx = provide "nginx"
    assert.not_equal(nginx, Driver.current())
    package.loaded.ngx = {}
    assert.equal(nginx, Driver.current())
  end)

  it("falls on that of cqueues while a controller runs", function()
    local driver, running = provide "cqueues", false
    package.loaded.cqueues = { running = function() return running end }
    assert.not_equal(driver, Driver.current())
    running = true
    assert.equal(driver, Driver.current())
  end)

  it("is left open by no option, and made by a name or a table", function()
    assert.is_nil(Driver.choose(nil))
    assert.equal(require "stripe.driver.blocking", Driver.choose("blocking"))
    local own = {}
    for _, verb in ipairs { "now", "sleep", "start", "await", "spawn" } do
      own[verb] = function() end
    end
    assert.equal(own, Driver.choose(own))
  end)

  it("falls on the driver of the running task", function()
    local scripted = require("spec.support.scripted_client").driver()
    local inside
    scripted.await(scripted.spawn(function() inside = Driver.current() end))
    assert.equal(scripted, inside)
    assert.equal(require "stripe.driver.blocking", Driver.current())
  end)

  it("says which library a driver lacks", function()
    package.preload["stripe.driver.fibers"] = function() return require "fibers" end
    for _ = 1, 2 do
      local none, message = Driver.choose "fibers"
      assert.is_nil(none)
      assert.equal('the driver "fibers" can\'t load: there is no module "fibers"', message)
    end
    package.preload["stripe.driver.fibers"] = nil
  end)

  it("says what is wrong with a name or a table", function()
    local none, message = Driver.choose("fibers")
    assert.is_nil(none)
    assert.matches('no driver "fibers"', message, 1, true)
    none, message = Driver.choose({ now = function() end })
    assert.is_nil(none)
    assert.matches('"sleep"', message, 1, true)
  end)
end)
