--- Card fields in the text of a forwarded request.

local body = require "stripe.simulator.forwarding.body"

local CARD = { number = "4242424242424242", month = "03", year = "2030", cvc = "012",
  name = 'Jenny "R" <Rosen>' }
local ALL = { card_number = true, card_expiry = true, card_cvc = true, cardholder_name = true }

describe("the text of a forwarded request", function()
  local function fill(text, wanted) return body.fill(text, wanted or ALL, CARD) end
  local function mask(text) return body.mask(text, CARD.number) end

  it("gets strings where the placeholder is an empty string", function()
    assert.equal('{"number":"4242424242424242","expiryMonth":"03","expiryYear":"2030","cvc":"012",'
      .. '"holderName":"Jenny \\"R\\" <Rosen>"}',
      fill '{"number":"","expiryMonth":"","expiryYear":"","cvc":"","holderName":""}')
  end)

  it("gets numbers where the placeholder is 0", function()
    assert.equal('{"number":4242424242424242,"exp_month":3,"exp_year":2030,"cvc":12,"name":0}',
      fill '{"number":0,"exp_month":0,"exp_year":0,"cvc":0,"name":0}')
  end)

  it("keeps every other byte", function()
    assert.equal('\t{ "b" : 1.50 ,"a":[ "\\u00e9\\"", { "cvv" :\n"012"} ],"b":{},"n":-1e-2 }\n',
      fill '\t{ "b" : 1.50 ,"a":[ "\\u00e9\\"", { "cvv" :\n""} ],"b":{},"n":-1e-2 }\n')
  end)

  it("fills only what was asked for", function()
    assert.equal('{"number":"","cvc":"012"}', fill('{"number":"","cvc":""}', { card_cvc = true }))
    assert.equal('{"number":"","cvc":""}', fill('{"number":"","cvc":""}', {}))
  end)

  it("leaves fields that hold something", function()
    local text = '{"number":"7","name":"Ada","cvc":null,"expiry":{"a":1},"pan":[""],"cvv":01}'
    assert.equal(text, fill(text))
  end)

  it("knows the usual names, however they are written", function()
    for name, value in pairs {
      cardNumber = "4242424242424242", card_number = "4242424242424242", PAN = "4242424242424242",
      expMonth = "03", expiry_month = "03", ExpirationMonth = "03", ["exp-month"] = "03",
      expYear = "2030", expiry_year = "2030", expirationYear = "2030", expiry = "03/30",
      expirationDate = "03/30", exp = "03/30", cvv = "012", cvc2 = "012", securityCode = "012",
      security_code = "012", cardCvc = "012", verification_value = "012",
    } do
      assert.equal(('{"%s":"%s"}'):format(name, value), fill(('{"%s":""}'):format(name)))
    end
    for _, name in ipairs { "holder_name", "cardholderName", "cardholder_name", "nameOnCard",
      "card_holder" } do
      assert.truthy(fill(('{"%s":""}'):format(name)):find("Jenny", 1, true), name)
    end
  end)

  it("takes month and year for the card's only inside an expiry", function()
    assert.equal('{"cardExpiryDate":{"month":"03","year":2030}}',
      fill '{"cardExpiryDate":{"month":"","year":0}}')
    local text = '{"expiry":{},"period":{"month":"","year":0},"month":""}'
    assert.equal(text, fill(text))
  end)

  it("may be XML", function()
    assert.equal('<?xml version="1.0"?><p><CardNumber>4242424242424242</CardNumber>'
      .. '<c:cvc a="b">12</c:cvc><name>Jenny &quot;R&quot; &lt;Rosen&gt;</name><x></x></p>',
      fill('<?xml version="1.0"?><p><CardNumber></CardNumber>'
        .. '<c:cvc a="b">0</c:cvc><name></name><x></x></p>'))
  end)

  it("may be anything else, and then stays as it is", function()
    for _, text in ipairs { "", "number=&cvc=", '{"number":"', '{"number"', '"', "[]", "{}}" } do
      assert.equal(text, fill(text))
    end
  end)

  it("is masked to the number's first 6 and last 4 digits and a cvc of ***", function()
    assert.equal('{"number":"424242******4242","cvc":"***","exp_month":"03","name":"Ada"}',
      mask '{"number":"4242424242424242","cvc":"012","exp_month":"03","name":"Ada"}')
    assert.equal('{"number":"424242******4242","cvc":"***"}',
      mask '{"number":4242424242424242,"cvc":12345}':gsub("12345", '"***"'))
  end)

  it("is masked also where another card's number stands in a card field", function()
    assert.equal('{"number":"378282******0005","order":{"number":"1234"}}',
      mask '{"number":"378282246310005","order":{"number":"1234"}}')
  end)

  it("is masked wherever the number stands, grouped or not", function()
    assert.equal('{"echo":"424242******4242","log":"card 424242******4242, 424242******4242."}',
      mask '{"echo":4242424242424242,"log":"card 4242 4242 4242 4242, 4242-4242-4242-4242."}')
    assert.equal("<pan>424242******4242</pan><cvv>***</cvv>",
      mask "<pan>4242424242424242</pan><cvv>123</cvv>")
  end)
end)
