-- Uploads and their bodies, captured from the official Node library: compare part by part.
-- luacheck: no max line length
return {
  { name = "file upload multipart",
    boundary = "a9932e70-022f-49f3-90b5-cf67e1f57f8a",
    params = { purpose = "dispute_evidence", file = { content = "%PDF-1.4\010hello\000\255", filename = "a \"q\".pdf", type = "application/pdf" }, file_link_data = { create = true, expires_at = 1700000000, metadata = { k = "v" } }, expand = { "links" } },
    body = "--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"purpose\"\013\010\013\010dispute_evidence\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"file\"; filename=\"a %22q%22.pdf\"\013\010Content-Type: application/pdf\013\010\013\010%PDF-1.4\010hello\000\255\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"file_link_data[create]\"\013\010\013\010true\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"file_link_data[expires_at]\"\013\010\013\0101700000000\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"file_link_data[metadata][k]\"\013\010\013\010v\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a\013\010Content-Disposition: form-data; name=\"expand[0]\"\013\010\013\010links\013\010--a9932e70-022f-49f3-90b5-cf67e1f57f8a--\013\010" },
  { name = "file upload default name/type",
    boundary = "f549720b-782f-411f-ae94-899adaa4fd2a",
    params = { purpose = "dispute_evidence", file = { content = "x" } },
    body = "--f549720b-782f-411f-ae94-899adaa4fd2a\013\010Content-Disposition: form-data; name=\"purpose\"\013\010\013\010dispute_evidence\013\010--f549720b-782f-411f-ae94-899adaa4fd2a\013\010Content-Disposition: form-data; name=\"file\"; filename=\"blob\"\013\010Content-Type: application/octet-stream\013\010\013\010x\013\010--f549720b-782f-411f-ae94-899adaa4fd2a--\013\010" },
}
