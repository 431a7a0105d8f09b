/** Sets fields of a running job while the caller's fence is current. Returns 1, or 0 when it is stale. */
export const TOUCH_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id
local now = redis.call('HMGET', job, 'status', 'fence')
if now[1] ~= 'active' or tonumber(now[2] or '0') ~= a.fence then return 0 end
for field, value in pairs(a.set) do redis.call('HSET', job, field, value) end
redis.call('PUBLISH', P .. ':live', cjson.encode({ job = a.id, kind = a.kind }))
return 1
`;
