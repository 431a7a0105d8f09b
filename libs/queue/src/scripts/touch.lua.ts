/**
 * Sets fields of a running job while the caller's fence is current. Returns 1, or 0 when it is stale.
 * Where somebody may want `job.progress` it also tells the outbox, at most every 5 s, in the same atomic step.
 */
export const TOUCH_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id
local now = redis.call('HMGET', job, 'status', 'fence', 'hooked', 'toldAt')
if now[1] ~= 'active' or tonumber(now[2] or '0') ~= a.fence then return 0 end
for field, value in pairs(a.set) do redis.call('HSET', job, field, value) end
if a.kind == 'progress' and (now[3] or redis.call('EXISTS', P .. ':endpoints:progress') == 1) then
  local clock = redis.call('TIME')
  local at = math.floor(clock[1] * 1000 + clock[2] / 1000)
  if at - tonumber(now[4] or '0') >= 5000 then
    local seq = redis.call('HINCRBY', job, 'seq', 1)
    redis.call('HSET', job, 'toldAt', string.format('%.0f', at))
    redis.call('XADD', P .. ':outbox', '*', 'job', a.id, 'status', 'progress', 'seq', seq, 'at', string.format('%.0f', at))
  end
end
redis.call('PUBLISH', P .. ':live', cjson.encode({ job = a.id, kind = a.kind }))
return 1
`;
