/**
 * Takes a job from a worker that is gone, without waiting for its lock to run out: the first in line again.
 * Returns 1, or 0 when the job is no longer with that worker under that fence.
 */
export const RECLAIM_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local now = redis.call('HMGET', P .. ':job:' .. a.id, 'status', 'fence', 'worker')
if now[1] ~= 'active' or tonumber(now[2] or '0') ~= a.fence or now[3] ~= a.worker then return 0 end
local queue = P .. ':' .. a.queue
if redis.call('LREM', queue .. ':active', 1, a.id) == 0 then return 0 end
redis.call('DEL', queue .. ':' .. a.id .. ':lock')
redis.call('SREM', queue .. ':stalled', a.id)
redis.call('RPUSH', queue .. ':wait', a.id)
redis.call('ZADD', queue .. ':marker', 0, '0')
return 1
`;
