import { BULL_ADD_LUA } from './bullmq.lua.ts';
import { ORDER_LUA } from './order.lua.ts';

/**
 * Accepts a job: idempotency, limits, record, indexes, counters, its turn and its queue job, all or nothing.
 * Returns {verdict, value}: verdict new | existing | conflict | queue_full | owner_queued | owner_active; the value is
 * the id of the job, or the number that is too high. A submit that was sent twice over a reconnection is `new` twice.
 */
export const SUBMIT_LUA = `${BULL_ADD_LUA}${ORDER_LUA}
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id

if a.idem then
  local seen = redis.call('GET', P .. ':idem:' .. a.idem.key)
  if seen then
    local digest, first = string.match(seen, '^(%S+) (%S+)$')
    if digest ~= a.idem.digest then return {'conflict', first} end
    if first ~= a.id and redis.call('EXISTS', P .. ':job:' .. first) == 1 then return {'existing', first} end
  end
end
local before = redis.call('HMGET', job, 'order', 'status')
if before[1] then
  if before[2] == 'queued' then bull_add(P, a.queue, a.id, tonumber(before[1]), a.now) end
  return {'new', a.id}
end

local counts = P .. ':owner:' .. a.owner
if a.limits.queueDepth then
  local q = P .. ':' .. a.queue
  local depth = redis.call('ZCARD', q .. ':prioritized') + redis.call('LLEN', q .. ':wait') + redis.call('ZCARD', q .. ':delayed')
  if depth >= a.limits.queueDepth then return {'queue_full', tostring(depth)} end
end
local queued = tonumber(redis.call('HGET', counts, 'queued') or '0')
local active = tonumber(redis.call('HGET', counts, 'active') or '0')
if a.limits.ownerQueued and queued >= a.limits.ownerQueued then return {'owner_queued', tostring(queued)} end
if a.limits.ownerActive and queued + active >= a.limits.ownerActive then return {'owner_active', tostring(queued + active)} end

local priority = take_turn(P, a.queue, a.band, a.share, a.width)
redis.call('HSET', job, 'spec', a.spec, 'status', 'queued', 'queue', a.queue, 'owner', a.owner,
  'order', priority, 'queuedAt', a.now, 'seq', 1)
if a.batch then redis.call('HSET', job, 'batch', a.batch) end
if a.hooked then redis.call('HSET', job, 'hooked', '1') end
for _, name in ipairs(a.indexes) do redis.call('ZADD', P .. ':idx:' .. name, 0, a.id) end
if a.deadline then redis.call('ZADD', P .. ':deadlines', a.deadline, a.id) end
redis.call('HINCRBY', counts, 'queued', 1)
if a.batch then redis.call('HINCRBY', P .. ':batch:' .. a.batch, 'queued', 1) end
for _, key in ipairs(a.media) do redis.call('HINCRBY', P .. ':inputs', key, 1) end
-- Nobody reads BullMQ's own event stream: ours tells more.
if redis.call('SADD', P .. ':queues', a.queue) == 1 then
  redis.call('HSET', P .. ':' .. a.queue .. ':meta', 'opts.maxLenEvents', a.maxEvents)
end
bull_add(P, a.queue, a.id, priority, a.now)
if a.idem then redis.call('SET', P .. ':idem:' .. a.idem.key, a.idem.digest .. ' ' .. a.id, 'EX', a.idem.ttl) end
return {'new', a.id}
`;
