/** Takes or keeps a lease. Returns 1 when it is ours now. */
export const LEAD_LUA = `
local a = cjson.decode(ARGV[1])
local key = KEYS[1] .. ':lock:' .. a.name
local holder = redis.call('GET', key)
if holder and holder ~= a.self then return 0 end
redis.call('SET', key, a.self, 'PX', a.leaseMs)
return 1
`;
