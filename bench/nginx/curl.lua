-- bench: libcurl as it is found in tutorials: one handle, and the worker waits for it.
local answer = require "bench.nginx.answer"
local cjson = require "cjson.safe"
local ffi = require "ffi"
local target = require "target"

ffi.cdef [[
  typedef struct slist slist;
  slist *curl_slist_append(slist *, const char *);
  void *curl_easy_init(void);
  int curl_easy_setopt(void *, int, ...);
  int curl_easy_perform(void *);
  const char *curl_easy_strerror(int);
  typedef struct file file;
  file *open_memstream(char **, size_t *);
  int fclose(file *);
  void free(void *);
]]

local URL, WRITE_DATA, HEADERS, CA_FILE = 10002, 10001, 10023, 10065

local curl = ffi.load "libcurl.so.4"
local handle

local function open()
  local headers
  for line in target.headers:gmatch("[^\r\n]+") do
    headers = curl.curl_slist_append(headers, line)
  end
  handle = curl.curl_easy_init()
  curl.curl_easy_setopt(handle, HEADERS, headers)
  curl.curl_easy_setopt(handle, CA_FILE, target.ca)
end

local function get(url)
  if not handle then open() end
  local data, size = ffi.new("char *[1]"), ffi.new("size_t [1]")
  local body = ffi.C.open_memstream(data, size)
  curl.curl_easy_setopt(handle, URL, url)
  curl.curl_easy_setopt(handle, WRITE_DATA, body)
  local code = curl.curl_easy_perform(handle)
  ffi.C.fclose(body)
  local text = ffi.string(data[0], size[0])
  ffi.C.free(data[0])
  if code ~= 0 then return nil, ffi.string(curl.curl_easy_strerror(code)) end
  return cjson.decode(text)
end

return function()
  answer(get(("https://localhost:%d/v1/climate/orders/%s"):format(target.port, target.id)))
end
