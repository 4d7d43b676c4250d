--- Addresses of wallets against the published vectors: EIP-55, BIP-173 and BIP-350, Base58Check,
-- SEP-23.

local wallet = require("stripe.core").wallet

local EVM = { "avalanche", "base", "base_network", "celo", "ethereum", "optimism", "polygon",
  "tempo", "worldchain" }

local GOOD = {
  ethereum = {
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x0000000000000000000000000000000000000001",
  },
  bitcoin = {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "1AGNa15ZQXAZUgFiqJ2i7Z2DPU2J6hW62i", "3CMNFxN1oHBc4R1EpboAL5yzHGgE611Xou",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "1111111111111111111114oLvT2",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
  },
  solana = {
    "11111111111111111111111111111111", "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "So11111111111111111111111111111111111111112",
  },
  stellar = {
    "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
    "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
    "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK",
  },
  sui = { "0x" .. ("0"):rep(63) .. "2", "0x" .. ("aB3"):rep(21) .. "f" },
}

-- address -> why not
local BAD = {
  ethereum = {
    [""] = "length", ["0x"] = "length", ["5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "form",
    ["0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "form",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"] = "length",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd"] = "length",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg"] = "alphabet",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"] = "checksum",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BaAed"] = "checksum",
    [" 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "alphabet",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n"] = "alphabet",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe\0"] = "alphabet",
    ["vitalik.eth"] = "form", ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"] = "form",
    ["0x" .. ("1"):rep(1000)] = "length",
  },
  avalanche = {
    ["X-avax1tzdcgj4ehsvhhgpl7zylwpw0gl2rxcg4r5afk5"] = "elsewhere",
    ["P-avax1tzdcgj4ehsvhhgpl7zylwpw0gl2rxcg4r5afk5"] = "elsewhere",
  },
  bitcoin = {
    [""] = "length", ["x"] = "length", ["1"] = "length",
    ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"] = "checksum",
    ["1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a"] = "alphabet",
    ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa1"] = "length",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "elsewhere",
    ["mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs"] = "elsewhere",
    ["mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"] = "elsewhere",
    ["2N2JD6wb56AfK4tfmM6PwdVmoYk2dCKf4Br"] = "elsewhere",
    ["LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"] = "elsewhere",
    ["5Hwgr3u458GLafKBgxtssHSPqJnYoGrSzgQsPwLFhLNYskDPyyA"] = "secret",
    ["37qgekLpCCHrQuSjvX3fs496FWTGsHFHizjJAs6NPcR47aefnnCWECAhHV6E3g4YN7u7Yuwod5Y"] = "length",
    ["tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"] = "elsewhere",
    ["tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"] = "elsewhere",
    ["tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c"] = "elsewhere",
    ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd"] = "checksum",
    ["tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf"] = "checksum",
    ["BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL"] = "checksum",
    ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh"] = "checksum",
    ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"] = "checksum",
    ["bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4"] = "alphabet",
    ["BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R"] = "form",
    ["bc1pw5dgrnzv"] = "length",
    ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav"] = "length",
    ["BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P"] = "length",
    ["tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq"] = "alphabet",
    ["bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf"] = "form",
    ["tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j"] = "form",
    ["bc1gmk9yu"] = "length", ["bc1"] = "length",
    ["bc1" .. ("q"):rep(100)] = "length",
    ["tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut"] = "alphabet",
  },
  solana = {
    [""] = "length", ["1111111111111111111111111111111"] = "length",
    ["111111111111111111111111111111111"] = "length",
    ["TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5D0"] = "alphabet",
    ["TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5"] = "length",
    ["zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"] = "length",
    [("z"):rep(64)] = "length", [("z"):rep(65)] = "length",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "elsewhere",
  },
  stellar = {
    [""] = "length", ["GAAAAAAAACGC6"] = "length",
    ["GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGA"] = "checksum",
    ["GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZA"] = "length",
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUR"] = "form",
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA"] = "length",
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUO"] = "checksum",
    ["MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUK==="] = "alphabet",
    ["G47QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVP2I"] = "elsewhere",
    ["ga7qynf7sowq3glr2bgmzehxavirza4kvwltjjfc7mgxua74p7ujvsgz"] = "form",
    ["Ga7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"] = "alphabet",
    ["SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR"] = "secret",
    ["CA3D5KRYM6CB7OWQ6TWYRR3Z4T7GNZLKERYNZGGA5SOAOPIFY6YQGAXE"] = "form",
  },
  sui = {
    ["0x2"] = "length", [("0"):rep(64)] = "form", ["0x" .. ("g"):rep(64)] = "alphabet",
    ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"] = "length",
  },
}

describe("an address of a wallet", function()
  it("is taken when its form and its checksum are right", function()
    for network, addresses in pairs(GOOD) do
      for _, address in ipairs(addresses) do
        assert.same({ true }, { wallet(network, address) }, network .. " " .. address)
      end
    end
    for _, network in ipairs(EVM) do
      for _, address in ipairs(GOOD.ethereum) do assert.is_true(wallet(network, address)) end
    end
  end)

  it("is refused with the reason", function()
    for network, addresses in pairs(BAD) do
      for address, why in pairs(addresses) do
        local good, message, fault = wallet(network, address)
        assert.is_nil(good, network .. " " .. address)
        assert.equal("string", type(message))
        assert.equal(why, fault, network .. " " .. address .. ": " .. message)
      end
    end
  end)

  it("is refused on a network of other addresses", function()
    for network, addresses in pairs(GOOD) do
      for other in pairs(GOOD) do
        if other ~= network then
          for _, address in ipairs(addresses) do
            assert.is_nil(wallet(other, address), address .. " on " .. other)
          end
        end
      end
    end
  end)

  it("with a checksum is refused whichever character is wrong", function()
    local alphabets = {
      ethereum = "0123456789abcdefABCDEF",
      bitcoin = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0",
      stellar = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    }
    local addresses = {
      bitcoin = { GOOD.bitcoin[1], GOOD.bitcoin[4], GOOD.bitcoin[8], GOOD.bitcoin[13] },
      stellar = GOOD.stellar,
    }
    for network, list in pairs(addresses) do
      for _, address in ipairs(list) do
        for at = 1, #address do
          for other in alphabets[network]:gmatch "." do
            local changed = address:sub(1, at - 1) .. other .. address:sub(at + 1)
            if changed ~= address then assert.is_nil(wallet(network, changed), changed) end
          end
        end
      end
    end
    -- Letters alone carry ethereum's, so a wrong digit is found with a chance of 99.986 percent.
    local missed, tried = 0, 0
    local address = GOOD.ethereum[1]
    for at = 3, #address do
      for other in alphabets.ethereum:gmatch "." do
        local changed = address:sub(1, at - 1) .. other .. address:sub(at + 1)
        if changed ~= address then
          tried = tried + 1
          if wallet("ethereum", changed) then missed = missed + 1 end
        end
      end
    end
    assert.is_true(missed <= tried / 1000, missed .. " of " .. tried)
  end)

  it("is not judged on a network that nobody knows", function()
    local good, _, fault = wallet("arbitrum", GOOD.ethereum[1])
    assert.is_nil(good)
    assert.equal("unknown", fault)
  end)

  it("is never repeated in what is said about it", function()
    for network, addresses in pairs(BAD) do
      for address in pairs(addresses) do
        local _, message = wallet(network, address)
        if #address > 5 then assert.is_nil(message:find(address, 1, true)) end
      end
    end
  end)

  it("may be any bytes", function()
    local random = 12345
    for length = 0, 200 do
      local bytes = {}
      for i = 1, length do
        random = (random * 16807) % 2147483647
        bytes[i] = string.char(random % 256)
      end
      for network in pairs(GOOD) do
        for _, prefix in ipairs { "", "0x", "bc1", "1", "G", "M", "S" } do
          assert.is_nil(wallet(network, prefix .. table.concat(bytes)))
        end
      end
    end
  end)

  it("is text on a network that is text", function()
    assert.has_error(function() wallet("ethereum", 12) end)
    assert.has_error(function() wallet("ethereum") end)
    assert.has_error(function() wallet(nil, "x") end)
  end)
end)
