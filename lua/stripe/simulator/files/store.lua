--- Files and their contents: what uploads, the images of identity checks and public links share.
--
-- The account's setting `files_url` is where their addresses lead; https://files.stripe.com
-- unless it is set.
-- @module stripe.simulator.files.store

local file_store = {}

local KIND = "file"

--- An address on the host of files.
function file_store.address(account, path)
  return (account.settings.files_url or "https://files.stripe.com") .. path
end

--- Keeps a file.
-- @tparam table account
-- @tparam table file `purpose`, and if known `filename, type, expires_at`; the rest is added
-- @string content its bytes
-- @treturn table the stored file
function file_store.make(account, file, content)
  file.id, file.object = account.ids:new("file_"), KIND
  file.created, file.size = account.clock:now(), #content
  file.url = file_store.address(account, "/v1/files/" .. file.id .. "/contents")
  account.store:private(file.id).content = content
  return account.store:insert(KIND, file)
end

--- The bytes of a file; nil when it has expired, was redacted, or was loaded without any.
function file_store.content(account, file)
  if file.expires_at and file.expires_at <= account.clock:now() then return nil end
  return account.store:private(file.id).content
end

--- The answer with the bytes of a file. They are no page to be shown, whatever they hold.
function file_store.answer(content)
  return {
    status = 200, headers = { { "Content-Type", "application/octet-stream" } }, body = content,
  }
end

return file_store
