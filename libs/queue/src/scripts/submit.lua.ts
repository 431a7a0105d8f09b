import { ORDER_LUA } from './order.lua.ts';

/**
 * Accepts a job: idempotency, limits, record, indexes, counters and its turn, all or nothing.
 * Returns {verdict, id, priority}: verdict new | again | existing | conflict | queue_full | owner_queued |
 * owner_active; `again` is a submit that was sent twice over a reconnection.
 */
export const SUBMIT_LUA = `${ORDER_LUA}
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id

if a.idem then
  local seen = redis.call('GET', P .. ':idem:' .. a.idem.key)
  if seen then
    local digest, first = string.match(seen, '^(%S+) (%S+)$')
    if digest ~= a.idem.digest then return {'conflict', first, 0} end
    if first ~= a.id and redis.call('EXISTS', P .. ':job:' .. first) == 1 then return {'existing', first, 0} end
  end
end
local order = redis.call('HGET', job, 'order')
if order then return {'again', a.id, tonumber(order)} end

local counts = P .. ':owner:' .. a.owner
if a.limits.queueDepth then
  local q = P .. ':' .. a.queue
  local depth = redis.call('ZCARD', q .. ':prioritized') + redis.call('LLEN', q .. ':wait') + redis.call('ZCARD', q .. ':delayed')
  if depth >= a.limits.queueDepth then return {'queue_full', tostring(depth), 0} end
end
local queued = tonumber(redis.call('HGET', counts, 'queued') or '0')
local active = tonumber(redis.call('HGET', counts, 'active') or '0')
if a.limits.ownerQueued and queued >= a.limits.ownerQueued then return {'owner_queued', tostring(queued), 0} end
if a.limits.ownerActive and queued + active >= a.limits.ownerActive then return {'owner_active', tostring(queued + active), 0} end

local priority = take_turn(P, a.queue, a.band, a.share, a.width)
redis.call('HSET', job, 'spec', a.spec, 'status', 'queued', 'queue', a.queue, 'owner', a.owner,
  'priority', a.priority, 'order', priority, 'queuedAt', a.now, 'seq', 1)
if a.batch then redis.call('HSET', job, 'batch', a.batch) end
if a.hooked then redis.call('HSET', job, 'hooked', '1') end
for _, name in ipairs(a.indexes) do redis.call('ZADD', P .. ':idx:' .. name, 0, a.id) end
if a.deadline then redis.call('ZADD', P .. ':deadlines', a.deadline, a.id) end
redis.call('HINCRBY', counts, 'queued', 1)
if a.batch then redis.call('HINCRBY', P .. ':batch:' .. a.batch, 'queued', 1) end
for _, key in ipairs(a.media) do redis.call('HINCRBY', P .. ':inputs', key, 1) end
redis.call('SADD', P .. ':queues', a.queue)
if a.idem then redis.call('SET', P .. ':idem:' .. a.idem.key, a.idem.digest .. ' ' .. a.id, 'EX', a.idem.ttl) end
return {'new', a.id, priority}
`;
