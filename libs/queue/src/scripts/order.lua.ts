/**
 * Lua shared by the scripts that queue a job: the fair-queueing tag of the next job of a share.
 * A band that holds no waiting job starts again from zero, which also keeps numbers small.
 */
export const ORDER_LUA = `
local function take_turn(P, queue, band, share, width)
  local served = P .. ':served:' .. queue .. ':' .. band
  local tags = P .. ':tags:' .. queue .. ':' .. band
  local waiting = redis.call('ZCOUNT', P .. ':' .. queue .. ':prioritized',
    string.format('%.0f', band * 4294967296), string.format('(%.0f', (band + width) * 4294967296))
  if waiting == 0 then redis.call('DEL', tags) redis.call('DEL', served) end
  local now = tonumber(redis.call('GET', served) or '0')
  local last = redis.call('HGET', tags, share)
  local tag = last and math.max(now, tonumber(last) + 1) or now
  if tag > width - 1 then tag = width - 1 end
  redis.call('HSET', tags, share, tag)
  return band + tag
end
`;
