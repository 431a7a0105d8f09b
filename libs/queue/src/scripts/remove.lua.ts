/** Forgets a record, its log, its indexes and its counts. Returns 1, or 0 when there was none. */
export const REMOVE_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id
local now = redis.call('HMGET', job, 'status', 'owner', 'batch')
if not now[1] then return 0 end
redis.call('DEL', job, P .. ':log:' .. a.id)
for _, name in ipairs(a.indexes) do redis.call('ZREM', P .. ':idx:' .. name, a.id) end
redis.call('ZREM', P .. ':idx:status:' .. now[1], a.id)
redis.call('ZREM', P .. ':deadlines', a.id)
redis.call('ZREM', P .. ':ended', a.id)
redis.call('HINCRBY', P .. ':owner:' .. now[2], now[1], -1)
redis.call('PUBLISH', P .. ':live', cjson.encode({ job = a.id, kind = 'status' }))
return 1
`;
