std = "min"
max_line_length = 100
include_files = {
  "lua", "spec", "examples/**/*.lua", "bench/**/*.lua", "bin", "scripts/*.lua",
  "rockspec/*.rockspec", ".busted", ".luacheckrc",
}

-- Not in every Lua; where they are used, something else stands in.
read_globals = { "unpack", table = { fields = { "unpack" } } }

files["spec"] = {
  std = "min+busted",
  read_globals = {
    "setfenv",
    math = { fields = { "maxinteger", "mininteger", "tointeger", "type" } },
  },
}
files["examples/nginx"] = { globals = { "ngx" } }
files["lua/stripe/types"] = { max_line_length = false }
files["scripts/types.lua"] = { max_line_length = false }
files["rockspec"] = { std = "min+rockspec", max_line_length = false }
files[".luacheckrc"] = { std = "min+luacheckrc" }
files[".busted"] = { read_globals = { "jit" } }
files["bin"] = { globals = { "_" } } -- a script that is both shell and Lua
