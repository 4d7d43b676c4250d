--- Who a simulated verification finds: a made-up person, any part of whom a test may choose.
-- @module stripe.simulator.identity_person
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"

local identity_person = {}

local DATE = { day = "number", month = "number", year = "number" }
local ADDRESS = {
  city = "string", country = "string", line1 = "string", line2 = "string",
  postal_code = "string", state = "string",
}

-- What `data` of a submission may hold; a table names the members of an object.
local SHAPE = {
  first_name = "string", last_name = "string", dob = DATE, address = ADDRESS,
  sex = "string", unparsed_sex = "string", unparsed_place_of_birth = "string",
  document_type = "string", number = "string", issuing_country = "string",
  issued_date = DATE, expiration_date = DATE,
  id_number = "string", id_number_type = "string",
  email = "string", phone = "string",
  images = { front = "string", back = "string", selfie = "string" },
}

local PEOPLE = {
  { first_name = "Jenny", last_name = "Rosen", sex = "female", year = 1990,
    line1 = "1234 Main St.", city = "San Francisco", state = "CA", postal_code = "94111" },
  { first_name = "Amos", last_name = "Berg", sex = "male", year = 1984,
    line1 = "51 Harbor Way", city = "Portland", state = "OR", postal_code = "97201" },
  { first_name = "Lena", last_name = "Okafor", sex = "female", year = 1977,
    line1 = "8 Quarry Lane", city = "Austin", state = "TX", postal_code = "78701" },
  { first_name = "Theo", last_name = "Lindqvist", sex = "male", year = 1996,
    line1 = "320 Elm Ave.", city = "Madison", state = "WI", postal_code = "53703" },
}

local ID_NUMBER_TYPES = { br_cpf = true, sg_nric = true, us_ssn = true }

local function check(data, shape, path)
  for name, value in pairs(data) do
    local wanted = shape[name]
    local param = ("%s[%s]"):format(path, tostring(name))
    if not wanted then
      return errors.invalid("Received unknown parameter: " .. param, param, "parameter_unknown")
    elseif type(value) ~= (type(wanted) == "table" and "table" or wanted) then
      return errors.invalid(("Invalid %s: %s expected"):format(param,
        type(wanted) == "table" and "an object" or "a " .. wanted), param)
    end
    local err = type(wanted) == "table" and check(value, wanted, param)
    if err then return err end
  end
end

--- nil, or the error of data that no report could hold.
function identity_person.check(data)
  if type(data) ~= "table" then
    return errors.invalid("Invalid data: an object expected", "data")
  end
  if data.id_number_type and not ID_NUMBER_TYPES[data.id_number_type] then
    return errors.invalid("Invalid id_number_type: must be one of br_cpf, sg_nric or us_ssn",
      "data[id_number_type]")
  end
  return check(data, SHAPE, "data")
end

--- The person of a submission.
-- @tparam table session whose `provided_details` and options say what is known of the person
-- @tparam table data chosen by the test, as `check` allows; it stands above all
-- @bool expired whether the document's time is over
-- @treturn table the members of SHAPE, except `images`
function identity_person.make(account, session, data, expired)
  local who = PEOPLE[account.ids:below(#PEOPLE) + 1]
  local details = session.provided_details or {}
  local document = session.options.document or {}
  local this_year = tonumber(os.date("!%Y", account.clock:now()))
  local day, month = 1 + account.ids:below(28), 1 + account.ids:below(12)
  local person = {
    first_name = who.first_name, last_name = who.last_name, sex = who.sex,
    dob = { day = day, month = month, year = who.year },
    address = { line1 = who.line1, city = who.city, state = who.state,
      postal_code = who.postal_code, country = "US" },
    document_type = (document.allowed_types or {})[1] or "driving_license",
    number = ("%08d"):format(account.ids:below(100000000)),
    issuing_country = "US",
    issued_date = { day = 1, month = 12, year = this_year - 5 },
    expiration_date = { day = 1, month = 12, year = this_year + (expired and -1 or 5) },
    id_number_type = "us_ssn",
    id_number = ("00000%04d"):format(account.ids:below(10000)),
    email = (who.first_name .. "." .. who.last_name .. "@example.com"):lower(),
    phone = ("+1415555%04d"):format(account.ids:below(10000)),
  }
  person.email = details.email or person.email
  person.phone = details.phone or person.phone
  for name, value in pairs(data) do
    if name ~= "images" then person[name] = copy.deep(value) end
  end
  if person.id_number_type == "us_ssn" then
    person.id_number = person.id_number:gsub("[^%d]", ""):sub(-4)
  end
  return person
end

return identity_person
