/**
 * Writes a delivery unless it is there, with its place in the lists and in the order of its job's events.
 * Returns {status, round}: what it is now.
 */
export const DELIVER_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local key = P .. ':wh:dlv:' .. a.id
local status = redis.call('HGET', key, 'status')
if status then return {status, tonumber(redis.call('HGET', key, 'round') or '0')} end
local serial = redis.call('INCR', P .. ':wh:serial')
redis.call('HSET', key, 'status', 'pending', 'serial', serial)
for field, value in pairs(a.fields) do redis.call('HSET', key, field, value) end
for _, name in ipairs(a.lists) do
  redis.call('ZADD', P .. ':wh:list:' .. name, serial, a.id)
  redis.call('ZREMRANGEBYRANK', P .. ':wh:list:' .. name, 0, -a.most - 1)
  redis.call('EXPIRE', P .. ':wh:list:' .. name, a.keep)
end
if a.turn then
  redis.call('ZADD', P .. ':wh:turn:' .. a.turn, a.sequence, a.id)
  redis.call('EXPIRE', P .. ':wh:turn:' .. a.turn, a.keep)
end
return {'pending', 0}
`;
