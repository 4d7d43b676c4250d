--- What can be bought where: assets, networks, which asset is on which network, and what an
-- address looks like there.
-- @module stripe.simulator.crypto.assets

local assets = {}

--- Fraction digits in which an amount of an asset is written.
-- avax, matic, wld, usdt are those of the assets themselves; the others stand in API examples.
assets.decimals = {
  avax = 18, btc = 8, eth = 18, matic = 18, sol = 9, usdc = 6, usdt = 6, wld = 18, xlm = 8,
}

-- Pairs of the API's examples, then those that follow from its enums and its list for headless
-- sessions. ripusd and celo are in the enums, but no source says with what they go.
local pairs_on = {
  avalanche = { "avax", "usdc" },
  base = { "eth", "usdc" },
  bitcoin = { "btc" },
  ethereum = { "eth", "usdc", "usdt" },
  optimism = { "eth", "usdc" },
  polygon = { "matic", "usdc" },
  solana = { "sol", "usdc" },
  stellar = { "xlm", "usdc" },
  sui = { "usdc" },
  tempo = { "usdc" },
  worldchain = { "wld" },
}

-- What a headless session can buy in the sandbox.
local headless = { solana = "usdc", ethereum = "usdc", base = "usdc" }

--- Shown when a request names no list: the seven and seven of the API's examples, in their order.
assets.currencies = { "btc", "eth", "matic", "sol", "xlm", "avax", "usdc" }
assets.networks = { "bitcoin", "ethereum", "base", "polygon", "solana", "stellar", "avalanche" }

--- Every asset and every network that goes with one.
assets.all_currencies = { "avax", "btc", "eth", "matic", "sol", "usdc", "usdt", "wld", "xlm" }
assets.all_networks = { "avalanche", "base", "bitcoin", "ethereum", "optimism", "polygon", "solana",
  "stellar", "sui", "tempo", "worldchain" }

--- The key of a network in maps, where base is called base_network.
function assets.key(network)
  return network == "base" and "base_network" or network
end

--- Whether a list has a value.
function assets.has(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

--- Whether a currency can be bought on a network.
function assets.on(currency, network)
  return assets.has(pairs_on[network] or {}, currency)
end

--- The same for a headless session of the sandbox.
function assets.headless(currency, network)
  return headless[network] == currency
end

--- Every valid pair of two lists, in the order of the networks: `{ { currency, network }, ... }`.
function assets.pairs(currencies, networks)
  local found = {}
  for _, network in ipairs(networks) do
    for _, currency in ipairs(currencies) do
      if assets.on(currency, network) then found[#found + 1] = { currency, network } end
    end
  end
  return found
end

local HEX = "^%x+$"
local BASE58 = "^[1-9A-HJ-NP-Za-km-z]+$"
local BECH32 = "^bc1[02-9ac-hj-np-z]+$"
local BASE32 = "^[A-Z2-7]+$"

local function evm(address)
  return #address == 42 and address:sub(1, 2) == "0x" and address:sub(3):find(HEX) ~= nil
end

local checks = {
  avalanche = evm, base = evm, celo = evm, ethereum = evm, optimism = evm, polygon = evm,
  tempo = evm, worldchain = evm,
  bitcoin = function(address)
    local lower = address:lower()
    if lower:sub(1, 3) == "bc1" then
      return (address == lower or address == address:upper()) and #address >= 42 and #address <= 62
        and lower:find(BECH32) ~= nil
    end
    return #address >= 26 and #address <= 35 and address:find("^[13]") ~= nil
      and address:find(BASE58) ~= nil
  end,
  solana = function(address)
    return #address >= 32 and #address <= 44 and address:find(BASE58) ~= nil
  end,
  stellar = function(address)
    return #address == 56 and address:sub(1, 1) == "G" and address:find(BASE32) ~= nil
  end,
  sui = function(address)
    return #address == 66 and address:sub(1, 2) == "0x" and address:sub(3):find(HEX) ~= nil
  end,
}

--- Whether an address has the form of its network. Checksums are not looked at.
function assets.address(network, address)
  local check = checks[network]
  return check == nil or check(address)
end

local function base58(hex, length)
  local digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
  local out = {}
  for i = 1, length do
    local n = tonumber(hex:sub(2 * i - 1, 2 * i), 16) % 58 + 1
    out[i] = digits:sub(n, n)
  end
  return table.concat(out)
end

--- Something that looks like the hash of a transaction on a network.
-- @param ids the account's source of ids
function assets.transaction(ids, network)
  if network == "solana" then return base58(ids:hex(176), 88) end
  if network == "sui" then return base58(ids:hex(88), 44) end
  local plain = network == "bitcoin" or network == "stellar"
  return (plain and "" or "0x") .. ids:hex(64)
end

--- An address for a customer who brought none.
function assets.wallet(ids, network)
  if network == "bitcoin" then return "1" .. base58(ids:hex(66), 33) end
  if network == "solana" then return base58(ids:hex(88), 44) end
  if network == "stellar" then
    return "G" .. (ids:hex(55):upper():gsub("[0189]", { ["0"] = "X", ["1"] = "Y", ["8"] = "Z",
      ["9"] = "W" }))
  end
  return "0x" .. ids:hex(network == "sui" and 64 or 40)
end

return assets
