/**
 * Changes of a batch. KEYS[1] is the prefix, ARGV[1] JSON. `state` holds one byte a row (the index in ROW_STATES),
 * `rows` counts the rows in each state, `open` maps jobs to rows.
 */
const HEAD = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local B = P .. ':batch:' .. a.id
local function led() return redis.call('GET', P .. ':lock:batch:' .. a.id) == a.token end
`;

/** Returns {verdict, revision}: new | same | revised | busy | taken (its dataset's place is another batch's, or lies in one, or holds one). */
export const BATCH_CREATE_LUA = `${HEAD}
if a.place and redis.call('HGET', P .. ':batches:places', a.place) ~= a.id then
  for _, place in ipairs(redis.call('HKEYS', P .. ':batches:places')) do
    if string.sub(place, 1, #a.place) == a.place or string.sub(a.place, 1, #place) == place then
      return {'taken', 0}
    end
  end
  redis.call('HSET', P .. ':batches:places', a.place, a.id)
end
local now = redis.call('HMGET', B .. ':record', 'digest', 'status', 'revision')
local function wake(status)
  redis.call('HSET', B .. ':record', 'status', status, 'want', 'run')
  redis.call('HDEL', B .. ':record', 'endedAt', 'message')
  redis.call('SADD', P .. ':batches:open', a.id)
end
if not now[1] then
  redis.call('HSET', B .. ':record', 'spec', a.spec, 'digest', a.digest, 'owner', a.owner, 'profile', a.profile,
    'revision', 1, 'createdAt', a.now, 'startedAt', a.now, 'total', 0, 'invalid', 0, 'finished', 0)
  redis.call('ZADD', P .. ':batches', a.now, a.id)
  redis.call('ZADD', P .. ':batches:' .. a.owner, a.now, a.id)
  wake('validating')
  return {'new', 1}
end
local final = now[2] == 'completed' or now[2] == 'failed' or now[2] == 'canceled'
if now[1] == a.digest then
  redis.call('HSET', B .. ':record', 'spec', a.spec)
  if not final then
    redis.call('HSET', B .. ':record', 'want', 'run')
    return {'same', tonumber(now[3])}
  end
  local total = tonumber(redis.call('HGET', B .. ':record', 'total') or '0')
  local done = tonumber(redis.call('HGET', B .. ':rows', 'done') or '0')
  if total > 0 and done < total then
    local state = redis.call('GET', B .. ':state') or ''
    local failed = tonumber(redis.call('HGET', B .. ':rows', 'failed') or '0')
    local canceled = tonumber(redis.call('HGET', B .. ':rows', 'canceled') or '0')
    redis.call('SET', B .. ':state', (string.gsub(state, '[\\4\\5]', '\\0')))
    redis.call('HINCRBY', B .. ':rows', 'pending', failed + canceled)
    redis.call('HSET', B .. ':rows', 'failed', 0, 'canceled', 0)
    redis.call('HSET', B .. ':record', 'startedAt', a.now, 'finished', 0)
    wake('running')
  elseif total == 0 then
    wake('validating')
  end
  return {'same', tonumber(now[3])}
end
if not final then return {'busy', tonumber(now[3])} end
redis.call('HSET', B .. ':record', 'spec', a.spec, 'digest', a.digest, 'profile', a.profile, 'startedAt', a.now,
  'total', 0, 'invalid', 0, 'finished', 0)
local revision = redis.call('HINCRBY', B .. ':record', 'revision', 1)
wake('validating')
return {'revised', revision}
`;

/** Returns how many rows went back to pending. */
export const BATCH_RETRY_LUA = `${HEAD}
local status = redis.call('HGET', B .. ':record', 'status')
local state = redis.call('GET', B .. ':state') or ''
local changed, count = string.gsub(state, '[\\4\\5]', '\\0')
if count == 0 or status == 'validating' then return 0 end
redis.call('SET', B .. ':state', changed)
redis.call('HSET', B .. ':rows', 'failed', 0, 'canceled', 0)
redis.call('HINCRBY', B .. ':rows', 'pending', count)
if status == 'completed' or status == 'failed' or status == 'canceled' then
  redis.call('HSET', B .. ':record', 'startedAt', a.now, 'finished', 0)
end
redis.call('HSET', B .. ':record', 'status', 'running', 'want', 'run')
redis.call('HDEL', B .. ':record', 'endedAt', 'message')
redis.call('SADD', P .. ':batches:open', a.id)
return count
`;

/** Returns 1, or 0 when the caller does not lead. */
export const BATCH_BEGIN_LUA = `${HEAD}
if not led() then return 0 end
redis.call('DEL', B .. ':state', B .. ':rows', B .. ':open')
redis.call('HDEL', B .. ':notes', 'shard')
for _, name in ipairs(a.states) do redis.call('HSET', B .. ':rows', name, 0) end
if a.total > 0 then redis.call('SETRANGE', B .. ':state', a.total - 1, '\\0') end
redis.call('HSET', B .. ':rows', 'pending', a.total)
return 1
`;

export const BATCH_MOVE_LUA = `${HEAD}
if not led() then return 0 end
local final = 0
for _, m in ipairs(a.moves) do
  local old = string.byte(redis.call('GETRANGE', B .. ':state', m.row, m.row) or '') or 0
  redis.call('SETRANGE', B .. ':state', m.row, string.char(m.to))
  if old ~= m.to then
    redis.call('HINCRBY', B .. ':rows', a.states[old + 1], -1)
    redis.call('HINCRBY', B .. ':rows', a.states[m.to + 1], 1)
    if m.to >= 2 and old < 2 then final = final + 1 end
  end
  if m.job then
    if m.to == 1 then redis.call('HSET', B .. ':open', m.job, m.row) else redis.call('HDEL', B .. ':open', m.job) end
  end
end
if final > 0 then redis.call('HINCRBY', B .. ':record', 'finished', final) end
return 1
`;

export const BATCH_CANCEL_LUA = `${HEAD}
if not led() then return 0 end
local changed, count = string.gsub(redis.call('GET', B .. ':state') or '', '%z', '\\5')
if count > 0 then
  redis.call('SET', B .. ':state', changed)
  redis.call('HINCRBY', B .. ':rows', 'pending', -count)
  redis.call('HINCRBY', B .. ':rows', 'canceled', count)
end
return 1
`;

/** Sets record fields while the caller leads; a final status takes the batch off the list of the unfinished. */
export const BATCH_PATCH_LUA = `${HEAD}
if not led() then return 0 end
for field, value in pairs(a.set) do redis.call('HSET', B .. ':record', field, value) end
for _, field in ipairs(a.unset) do redis.call('HDEL', B .. ':record', field) end
if a.final then redis.call('SREM', P .. ':batches:open', a.id) end
return 1
`;

/** Renews (ms > 0) or gives up a lock that is the caller's own. */
export const BATCH_LEASE_LUA = `${HEAD}
if not led() then return 0 end
local lock = P .. ':lock:batch:' .. a.id
if a.ms > 0 then redis.call('PEXPIRE', lock, a.ms) else redis.call('DEL', lock) end
return 1
`;

/** Forgets a batch that has ended before a moment. Returns 1, or 0 where it has not. */
export const BATCH_REMOVE_LUA = `${HEAD}
local now = redis.call('HMGET', B .. ':record', 'status', 'endedAt', 'owner')
local final = now[1] == 'completed' or now[1] == 'failed' or now[1] == 'canceled'
if not final or tonumber(now[2] or '0') > a.endedBefore then return 0 end
redis.call('ZREM', P .. ':batches', a.id)
redis.call('ZREM', P .. ':batches:' .. now[3], a.id)
if redis.call('HGET', P .. ':batches:places', a.place) == a.id then
  redis.call('HDEL', P .. ':batches:places', a.place)
end
redis.call('DEL', B .. ':record', B .. ':rows', B .. ':state', B .. ':open', B .. ':notes')
return 1
`;

/** Takes a batch off the lists, and its keys away in a while. */
export const BATCH_EXPIRE_LUA = `${HEAD}
if not led() then return 0 end
redis.call('ZREM', P .. ':batches', a.id)
redis.call('ZREM', P .. ':batches:' .. redis.call('HGET', B .. ':record', 'owner'), a.id)
for _, part in ipairs({ 'record', 'rows', 'state', 'open', 'notes' }) do
  redis.call('EXPIRE', B .. ':' .. part, a.seconds)
end
return 1
`;
