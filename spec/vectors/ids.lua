-- luacheck: no max line length
-- Ids and the segment of the path that they become, captured from the official Node library; what
-- would reach another resource is refused here.
return {
  { name = "retrieve id \"cus_a b\"", id = "cus_a b", segment = "cus_a%20b" },
  { name = "retrieve id \"cus_a?b=c\"", id = "cus_a?b=c", segment = "cus_a%3Fb%3Dc" },
  { name = "retrieve id \"cus_a#b\"", id = "cus_a#b", segment = "cus_a%23b" },
  { name = "retrieve id \"cus_é\"", id = "cus_é", segment = "cus_%C3%A9" },
  { name = "retrieve id \"a+b\"", id = "a+b", segment = "a%2Bb" },
  { name = "retrieve id \"..\"", id = "..", refused = true },
  { name = "retrieve id \".\"", id = ".", refused = true },
  { name = "retrieve id \"a\\\\b\"", id = "a\\b", segment = "a%5Cb" },
  { name = "retrieve id \"cus\\n1\"", id = "cus\0101", refused = true },
  { name = "retrieve id undefined", refused = true },
  { name = "retrieve id null", refused = true },
  { name = "retrieve id \"../charges/ch_1\"", id = "../charges/ch_1", segment = "..%2Fcharges%2Fch_1" },
  { name = "retrieve id \"cus_a/b\"", id = "cus_a/b", segment = "cus_a%2Fb" },
  { name = "retrieve id \"cus_a%2Fb\"", id = "cus_a%2Fb", segment = "cus_a%252Fb" },
}
