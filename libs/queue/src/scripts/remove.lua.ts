/**
 * Forgets a record, its log, its indexes and its counts. Returns 1, or 0 when there was none. Where webhooks may
 * still have to tell of its end, the record is set aside for a day first.
 */
export const REMOVE_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id
local now = redis.call('HMGET', job, 'status', 'owner', 'batch', 'hooked')
if not now[1] then return 0 end
redis.call('DEL', P .. ':log:' .. a.id)
if now[4] or redis.call('EXISTS', P .. ':endpoints') == 1 then
  redis.call('RENAME', job, P .. ':removed:' .. a.id)
  redis.call('EXPIRE', P .. ':removed:' .. a.id, 86400)
else
  redis.call('DEL', job)
end
for _, name in ipairs(a.indexes) do redis.call('ZREM', P .. ':idx:' .. name, a.id) end
redis.call('ZREM', P .. ':idx:status:' .. now[1], a.id)
redis.call('ZREM', P .. ':deadlines', a.id)
redis.call('ZREM', P .. ':ended', a.id)
for _, counts in ipairs({ P .. ':owner:' .. now[2], now[3] and P .. ':batch:' .. now[3] or false }) do
  if counts and redis.call('HINCRBY', counts, now[1], -1) <= 0 then redis.call('HDEL', counts, now[1]) end
end
for _, key in ipairs(a.media) do
  if redis.call('HINCRBY', P .. ':inputs', key, -1) <= 0 then redis.call('HDEL', P .. ':inputs', key) end
end
redis.call('PUBLISH', P .. ':live', cjson.encode({ job = a.id, kind = 'status' }))
return 1
`;
