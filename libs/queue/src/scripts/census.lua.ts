/**
 * Compares a page of ids with the other side. `records`: which unfinished records have no queue job (and are
 * older than `settled`). `jobs`: which queue jobs have no unfinished record. Returns the ids.
 */
export const CENSUS_LUA = `
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local odd = {}
for _, id in ipairs(a.ids) do
  local now = redis.call('HMGET', P .. ':job:' .. id, 'status', 'queue', 'queuedAt')
  local open = now[1] == 'queued' or now[1] == 'active'
  if a.side == 'records' then
    local settled = tonumber(now[3] or '0') <= a.settled
    if open and settled and redis.call('EXISTS', P .. ':' .. now[2] .. ':' .. id) == 0 then odd[#odd + 1] = id end
  elseif not open then
    odd[#odd + 1] = id
  end
end
return odd
`;
