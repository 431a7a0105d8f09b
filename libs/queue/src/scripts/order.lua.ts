/**
 * Lua shared by the scripts that queue a job: the fair-queueing tag of the next job of a share.
 * A band starts again from zero, which keeps numbers small, when nothing waits in it and its highest tag has been
 * served: a job whose turn was taken may not have reached BullMQ yet, and its share must not begin anew.
 */
export const ORDER_LUA = `
local function take_turn(P, queue, band, share, width)
  local served = P .. ':served:' .. queue .. ':' .. band
  local tags = P .. ':tags:' .. queue .. ':' .. band
  local waiting = redis.call('ZCOUNT', P .. ':' .. queue .. ':prioritized',
    string.format('%.0f', band * 4294967296), string.format('(%.0f', (band + width) * 4294967296))
  local done = redis.call('GET', served)
  if waiting == 0 and done and tonumber(done) >= tonumber(redis.call('HGET', tags, 'top') or '0') then
    redis.call('DEL', tags, served)
  end
  local now = tonumber(redis.call('GET', served) or '0')
  local last = redis.call('HGET', tags, share)
  local tag = last and math.max(now, tonumber(last) + 1) or now
  if tag > width - 1 then tag = width - 1 end
  redis.call('HSET', tags, share, tag)
  if tag > tonumber(redis.call('HGET', tags, 'top') or '-1') then redis.call('HSET', tags, 'top', tag) end
  return band + tag
end
`;
