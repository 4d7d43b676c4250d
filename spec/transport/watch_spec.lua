local stripe = require "stripe"

describe("progress, where no wire is", function()
  local bytes = "%PDF-1.4\n" .. ("x"):rep(4991)
  local upload = { purpose = "dispute_evidence", file = { content = bytes, name = "a.pdf" } }

  local function by_function(request)
    while request.stream and request.stream() do end
    if request.method == "POST" then
      return { status = 200, headers = {}, body = '{"id":"file_1"}' }
    end
    return { status = 200, headers = {}, body = bytes }
  end

  for name, make in pairs {
    ["a transport function"] = function() return by_function end,
    ["the simulator"] = function() return stripe.simulator.new { seed = 1 } end,
  } do
    describe("to " .. name, function()
      local client, file

      before_each(function()
        client = stripe.new { api_key = "sk_test_1", transport = make(), max_retries = 0 }
        file = assert(client.files:create(upload))
      end)

      it("is told of a download, into a text or a file", function()
        local path = os.tmpname()
        for _, sink in ipairs { false, path } do
          local told = {}
          assert(client.files:contents(file.id, sink or nil, {
            progress = function(done, total) told[#told + 1] = { done, total } end,
          }))
          assert.same({ { 5000, 5000 } }, told)
        end
        os.remove(path)
      end)

      it("is told of once where a function takes the bytes", function()
        local told = {}
        assert(client.files:contents(file.id, function() end, {
          progress = function(done) told[#told + 1] = done end,
        }))
        assert.same({ 5000 }, told)
      end)

      it("ends the call as aborted when the caller's function throws", function()
        local function progress() error("no more", 0) end
        local path = os.tmpname()
        local on_disk = assert(io.open(path, "wb"))
        on_disk:write(bytes)
        on_disk:close()
        for _, call in ipairs {
          function() return client.files:create(upload, { progress = progress }) end,
          function()
            return client.files:create({ purpose = "dispute_evidence", file = { path = path } },
              { progress = progress })
          end,
          function() return client.files:contents(file.id, nil, { progress = progress }) end,
        } do
          local object, err = call()
          assert.is_nil(object)
          assert.equal("aborted", err.code)
          assert.equal("the caller's function threw: no more", err.message)
        end
        os.remove(path)
      end)
    end)
  end
end)
