--- A journal in a shared dictionary of a real nginx: its workers share it, whichever is asked.

local SimProcess = require "spec.support.sim_process"
local nginx = require "spec.support.nginx"

local HTTP = [[
  lua_shared_dict journal 1m;
  lua_shared_dict little 12k;
  init_by_lua_block {
    stripe = require "stripe"
    client = stripe.new {
      api_key = "sk_test_1", base_url = "{{upstream}}", max_retries = 0,
    }
    journal = assert(stripe.journal { dict = "journal" })
    little = assert(stripe.journal { dict = "little" })
    function order(call, tons)
      return client.climate.orders:create({
        product = "climsku_marine_removal_2029", metric_tons = tons or "1", currency = "usd",
        metadata = { name = ngx.var.arg_name },
      }, call)
    end
    function tell(value, err, info)
      if value == nil then return ngx.print("error ", err and err.code or tostring(err)) end
      ngx.print(value.id, " ", info.stored and "stored" or info.replayed and "replayed" or "new")
    end
  }
]]

local SERVER = [[
  location = /order {
    content_by_lua_block { tell(journal:once(ngx.var.arg_name, order)) }
  }
  location = /slow {
    content_by_lua_block {
      tell(journal:once(ngx.var.arg_name, function(call)
        ngx.sleep(0.5)
        return order(call)
      end))
    }
  }
  location = /patient {
    content_by_lua_block { tell(journal:once(ngx.var.arg_name, order, { wait = 20 })) }
  }
  location = /both {
    content_by_lua_block {
      tell(journal:once(ngx.var.arg_name, function(call)
        local made, errors = stripe.gather {
          function() return order(call, "1") end, function() return order(call, "2") end,
        }
        if errors then return nil, errors[1] or errors[2] end
        return { id = made[1].id .. "," .. made[2].id }
      end))
    }
  }
  location = /little {
    content_by_lua_block {
      for i = 1, 200 do
        local value, err = little:once("n" .. i, order)
        if not value then return tell(nil, err) end
      end
    }
  }
]]

describe("a journal in nginx #nginx", function()
  local sim, server

  setup(function()
    sim = SimProcess.start()
    server = nginx.start {
      workers = 4, http = (HTTP:gsub("{{upstream}}", sim.url)), server = SERVER,
    }
  end)
  teardown(function()
    if server then server:stop() end
    sim:stop()
  end)

  local function orders(name)
    local ids = {}
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      if order.metadata.name == name then ids[#ids + 1] = order.id end
    end
    return ids
  end

  it("does a thing once, whichever worker is asked", function()
    local first = server:ask("/order?name=once").body
    local id = assert(first:match "^(climorder_%w+) new$", first)
    for _ = 1, 10 do assert.equal(id .. " stored", server:ask("/order?name=once").body) end
    assert.same({ id }, orders "once")
  end)

  it("lets one of many that come at once work, and tells or keeps the others", function()
    local paths = {}
    for i = 1, 12 do
      paths[i] = i % 2 == 0 and "/slow?name=crowd" or "/patient?name=crowd"
    end
    local new, busy, stored = 0, 0, 0
    for _, answer in ipairs(server:ask_all(paths)) do
      if answer.body:find "new$" then
        new = new + 1
      elseif answer.body == "error busy" then
        busy = busy + 1
      else
        assert.matches("stored$", answer.body)
        stored = stored + 1
      end
    end
    assert.equal(1, #orders "crowd")
    assert.equal(1, new)
    assert.is_true(stored >= 5)
    assert.equal(12, new + busy + stored)
  end)

  it("repeats the request when the answer was lost, also after a reload", function()
    sim:control("POST", "/faults", {
      fault = "lost", times = 1, match = { operation = "climate.orders.create" },
    })
    assert.matches("^error", server:ask("/order?name=lost").body)
    server:reload()
    assert.matches("replayed$", server:ask("/order?name=lost").body)
    assert.equal(1, #orders "lost")
  end)

  it("is written by light threads at once", function()
    sim:control("POST", "/faults", {
      fault = "lost", times = 1, match = { operation = "climate.orders.create" },
    })
    assert.matches("^error", server:ask("/both?name=both").body)
    local body = server:ask("/both?name=both").body
    assert.matches("^climorder_%w+,climorder_%w+ ", body)
    assert.equal(2, #orders "both")
  end)

  it("stops before it sends what it can't write down", function()
    assert.equal("error storage", server:ask("/little").body)
    local kept = #orders(nil)
    assert.equal("error storage", server:ask("/little").body)
    assert.equal(kept, #orders(nil))
  end)
end)
