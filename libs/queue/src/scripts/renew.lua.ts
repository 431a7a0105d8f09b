/**
 * Keeps the lock of a claim, and takes it back when it ran out while nobody else took the job: after an outage
 * longer than the lock, renders go on instead of beginning again.
 * Returns 1 kept, 0 another worker holds the lock, -1 the record moved on.
 */
export const RENEW_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local now = redis.call('HMGET', P .. ':job:' .. a.id, 'status', 'fence')
if now[1] ~= 'active' or tonumber(now[2] or '0') ~= a.fence then return -1 end
local queue = P .. ':' .. a.queue
local lock = queue .. ':' .. a.id .. ':lock'
local holder = redis.call('GET', lock)
if holder and holder ~= a.token then return 0 end
if not holder and not redis.call('LPOS', queue .. ':active', a.id) then
  local waiting = redis.call('LREM', queue .. ':wait', 1, a.id) + redis.call('ZREM', queue .. ':prioritized', a.id)
    + redis.call('ZREM', queue .. ':delayed', a.id)
  if waiting == 0 then return 0 end
  redis.call('LPUSH', queue .. ':active', a.id)
end
redis.call('SET', lock, a.token, 'PX', a.lockMs)
redis.call('SREM', queue .. ':stalled', a.id)
return 1
`;
