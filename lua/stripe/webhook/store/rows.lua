--- The rows of the SQLite store: what its verbs do, inside a transaction that is not theirs.
--
-- Each takes the store, of which it uses `file`, `keep`, `now` and `claims`, and throws what goes
-- wrong; see `File.attempt`.
-- @module stripe.webhook.store.rows

local Rows = {}

-- Old rows are dropped at every so many claims, so many at most: more than are added meanwhile.
local EVERY, AT_MOST = 64, 256

--- The row of an id.
-- @string id
-- @treturn ?table `{ token, attempt, state, expires, touched }`
function Rows.find(self, id)
  return self.file:must("SELECT token, attempt, state, expires, touched "
    .. "FROM stripe_webhook_events WHERE id = %s", self.file.blob(id))[1]
end

local function is_live(row, now)
  return row.state == "claimed" and row.expires > now
end

--- The same as the contract has it: what is too old is not there, dropped yet or not.
function Rows.current(self, id, now)
  local row = Rows.find(self, id)
  if row and row.touched <= now - self.keep and not is_live(row, now) then return nil end
  return row
end

local function drop_old(self, now)
  self.claims = self.claims + 1
  if self.claims % EVERY ~= 1 then return end
  local limit = now - self.keep
  self.file:must("DELETE FROM stripe_webhook_events WHERE id IN (SELECT id "
    .. "FROM stripe_webhook_events WHERE touched <= %.6f AND NOT (state = 'claimed' "
    .. "AND expires > %.6f) ORDER BY touched LIMIT %d)", limit, now, AT_MOST)
  self.file:must("DELETE FROM stripe_webhook_orders WHERE key IN (SELECT key "
    .. "FROM stripe_webhook_orders WHERE touched <= %.6f ORDER BY touched LIMIT %d)",
    limit, AT_MOST)
end

local function refusal(row, now)
  if row and row.state == "committed" then return "committed" end
  if row and is_live(row, now) then return "claimed", row.expires - now end
end

--- See `claim` of the stores, and so on.
function Rows.claim(self, id, lease)
  local file, now = self.file, self.now()
  drop_old(self, now)
  local row = Rows.current(self, id, now)
  local why, left = refusal(row, now)
  if why then return nil, why, left end
  file:must("UPDATE stripe_webhook_meta SET value = value + 1 WHERE name = 'token'")
  local token = file:must("SELECT value FROM stripe_webhook_meta WHERE name = 'token'")[1].value
  local claim = {
    id = id, token = token, attempt = (row and row.attempt or 0) + 1, expires = now + lease,
  }
  file:must("INSERT OR REPLACE INTO stripe_webhook_events "
    .. "VALUES (%s, %d, %d, 'claimed', %.6f, %.6f)", file.blob(id), token, claim.attempt,
    claim.expires, now)
  return claim
end

-- Changes the row of a claim, if it is still held: true or false.
local function change(self, claim, state, expires)
  return self.file:must("UPDATE stripe_webhook_events SET state = '%s', expires = %s, "
    .. "touched = %.6f WHERE id = %s AND token = %d AND state = 'claimed'", state,
    expires and ("%.6f"):format(expires) or "NULL", self.now(), self.file.blob(claim.id),
    claim.token) == 1
end

function Rows.renew(self, claim, lease)
  local expires = self.now() + lease
  if not change(self, claim, "claimed", expires) then return nil, "lost" end
  claim.expires = expires
  return true
end

--- What `commit` writes.
function Rows.settle(self, claim, key, order)
  local file = self.file
  if not change(self, claim, "committed") then
    local row = Rows.find(self, claim.id)
    if row and row.token == claim.token and row.state == "committed" then return true end
    return nil, "lost"
  end
  if key then
    file:must("INSERT INTO stripe_webhook_orders VALUES (%s, %s, %.6f) ON CONFLICT (key) "
      .. "DO UPDATE SET value = max(value, excluded.value), touched = excluded.touched",
      file.blob(key), file.blob(order), self.now())
  end
  return true
end

function Rows.release(self, claim, forget)
  if forget then
    local dropped = self.file:must("DELETE FROM stripe_webhook_events WHERE id = %s "
      .. "AND token = %d AND state = 'claimed'", self.file.blob(claim.id), claim.token)
    if dropped == 1 then return true end
    return nil, "lost"
  end
  if change(self, claim, "released") then return true end
  return nil, "lost"
end

return Rows
