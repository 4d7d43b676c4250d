-- bench: answers a request of the load with the order's id, or what went wrong.
local ngx = ngx -- luacheck: ignore 113

return function(order, failure)
  local text = order and order.id or tostring(failure)
  if not order then
    ngx.status = 500
    ngx.log(ngx.ERR, text)
  end
  ngx.header.content_length = #text
  ngx.print(text)
end
