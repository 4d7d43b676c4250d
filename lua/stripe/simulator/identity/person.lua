--- Who a simulated verification finds: a made-up person, any part of whom a test may choose.
-- @module stripe.simulator.identity.person
local copy = require "stripe.simulator.copy"
local shape = require "stripe.simulator.shape"

local identity_person = {}

local DATE = { day = "integer", month = "integer", year = "integer" }
local ADDRESS = {
  city = "string", country = "string", line1 = "string", line2 = "string",
  postal_code = "string", state = "string",
}

--- The shape of the data that a test may choose.
identity_person.SHAPE = {
  first_name = "string", last_name = "string", dob = DATE, address = ADDRESS,
  sex = shape.one_of { "female", "male", "unknown" }, unparsed_sex = "string",
  unparsed_place_of_birth = "string",
  document_type = shape.one_of { "driving_license", "id_card", "passport" },
  number = "string", issuing_country = "string",
  issued_date = DATE, expiration_date = DATE,
  id_number = "string", id_number_type = shape.one_of { "br_cpf", "sg_nric", "us_ssn" },
  email = "string", phone = "string",
  images = { front = "bytes", back = "bytes", selfie = "bytes" },
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

--- The person of a submission.
-- @tparam table session whose `provided_details` and options say what is known of the person
-- @tparam table data chosen by the test, of the SHAPE; it stands above all
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
