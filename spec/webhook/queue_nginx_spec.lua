--- stripe.webhook.queue inside nginx: requests queue events, a timer works on them.

local stripe = require "stripe"
local Redis = require "spec.support.redis_server"
local nginx = require "spec.support.nginx"
local support = require "spec.support.webhook"

describe("the queue in nginx #nginx", function()
  local redis, server, queue

  setup(function()
    redis = Redis.start()
    server = nginx.start {
      workers = 2,
      values = { redis = redis.url, time = support.time, secret = support.secret },
      http = [[
        init_by_lua_block {
          stripe = require "stripe"
          queue = stripe.webhook.queue {
            redis = { url = "{{redis}}", timeout = 2 }, backoff = { first = 0 },
          }
          endpoint = queue:endpoint {
            secrets = "{{secret}}", now = function() return {{time}} end,
          }
        }
      ]],
      server = [[
        location = /stripe {
          content_by_lua_block {
            ngx.req.read_body()
            local status, body = endpoint(ngx.req.get_body_data(), ngx.req.get_headers())
            ngx.status = status
            ngx.print(body)
          }
        }
        location = /consume {
          content_by_lua_block {
            local ran = {}
            local done = queue:run {
              once = true,
              handler = stripe.webhook.handler {
                secrets = false, store = stripe.webhook.store.redis { url = "{{redis}}" },
                on = { ["*"] = function(ctx)
                  ngx.sleep(0.001)
                  if ctx.id == "evt_2" and ctx.attempt == 1 then error "not yet" end
                  ran[#ran + 1] = ctx.id
                end },
              },
            }
            ngx.say(done.done, " ", done.again, " ", table.concat(ran, " "))
          }
        }
        location = /wait {
          content_by_lua_block {
            local seen = {}
            local n = queue:step {
              block = 10,
              handler = stripe.webhook.handler { secrets = false,
                on = { ["*"] = function(ctx) seen[1] = ctx.id end } },
            }
            ngx.say(n, " ", seen[1])
          }
        }
      ]],
    }
    queue = stripe.webhook.queue { redis = { url = redis.url } }
  end)
  teardown(function()
    server:stop()
    redis:stop()
  end)
  before_each(function() assert(queue.connection:command "FLUSHALL") end)

  local function send(id)
    local payload, headers = support.request(support.event { id = id, type = "a.b" })
    return server:ask("/stripe", { method = "POST", body = payload, headers = headers })
  end

  it("takes events, once each, and hands them to a worker", function()
    local before = #server:logged "%[error%]"
    for i = 1, 3 do
      for _ = 1, 2 do
        local answer = send("evt_" .. i)
        assert.same({ 200, '{"result":"queued"}' }, { answer.status, answer.body })
      end
    end
    assert.equal(3, queue:stats().length)
    assert.equal("3 1 evt_1 evt_2 evt_3\n", server:ask("/consume").body)
    assert.equal(0, queue:stats().length)
    assert.equal(before, #server:logged "%[error%]")
  end)

  it("waits in Redis for the next event, while requests are answered", function()
    local waiting = server:begin "/wait"
    assert(nginx.wait(function()
      return queue.connection:command("INFO", "clients"):find "blocked_clients:1"
    end))
    assert.equal(200, send("evt_9").status)
    assert.equal("1 evt_9\n", waiting().body)
  end)

  it("answers 503 while Redis is away, and 200 when it is back", function()
    redis:kill()
    assert.equal(503, send("evt_1").status)
    redis:restart()
    assert.equal(200, send("evt_1").status)
    assert.equal(1, queue:stats().length)
  end)
end)
