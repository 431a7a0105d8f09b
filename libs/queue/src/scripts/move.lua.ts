import { BULL_LEAVE_LUA } from './bullmq.lua.ts';

/**
 * The one place that changes a job's status. Conditions, record, indexes, counters, outbox and live event in
 * one atomic step, so that a status and its event cannot be separated by a crash. A move that was sent again
 * over a new connection is known by its `op` and answered as the first time.
 * Returns {verdict, status, fence}: verdict ok | missing | stale | illegal; status is the one before.
 */
export const MOVE_FUNCTION_LUA = `
local function move(P, a)
  local job = P .. ':job:' .. a.id
  local now = redis.call('HMGET', job, 'status', 'fence', 'owner', 'batch', 'hooked', 'op')
  local status = now[1]
  if not status then return {'missing', '', 0} end
  local fence = tonumber(now[2] or '0')
  if now[6] then
    local op, before = string.match(now[6], '^(%S+) (%S+)$')
    if op == a.op then return {'ok', before, fence} end
  end
  if a.fence and a.fence ~= fence then return {'stale', status, fence} end
  local legal = false
  for _, from in ipairs(a.from) do if from == status then legal = true end end
  if not legal then return {'illegal', status, fence} end

  if a.bumpFence then fence = redis.call('HINCRBY', job, 'fence', 1) end
  if a.bumpAttempt ~= 0 then redis.call('HINCRBY', job, 'attempt', a.bumpAttempt) end
  local set = {'status', a.to, 'op', a.op .. ' ' .. status}
  for field, value in pairs(a.set) do
    set[#set + 1] = field
    set[#set + 1] = value
  end
  redis.call('HSET', job, unpack(set))
  if #a.unset > 0 then redis.call('HDEL', job, unpack(a.unset)) end

  if status ~= a.to then
    redis.call('ZREM', P .. ':idx:status:' .. status, a.id)
    redis.call('ZADD', P .. ':idx:status:' .. a.to, 0, a.id)
    for _, counts in ipairs({ P .. ':owner:' .. now[3], now[4] and P .. ':batch:' .. now[4] or false }) do
      if counts then
        redis.call('HINCRBY', counts, status, -1)
        redis.call('HINCRBY', counts, a.to, 1)
      end
    end
  end
  if a.to ~= 'queued' then redis.call('ZREM', P .. ':deadlines', a.id) end
  if a.deadline then redis.call('ZADD', P .. ':deadlines', a.deadline, a.id) end
  if a.terminal then redis.call('ZADD', P .. ':ended', a.at, a.id) else redis.call('ZREM', P .. ':ended', a.id) end
  if a.served then
    local key = P .. ':served:' .. a.served.queue .. ':' .. a.served.band
    if tonumber(redis.call('GET', key) or '0') < a.served.tag then redis.call('SET', key, a.served.tag) end
  end

  local seq = redis.call('HINCRBY', job, 'seq', 1)
  if now[5] or redis.call('EXISTS', P .. ':endpoints') == 1 then
    redis.call('XADD', P .. ':outbox', '*', 'job', a.id, 'status', a.to, 'seq', seq, 'at', a.at)
  end
  redis.call('PUBLISH', P .. ':live', cjson.encode({ job = a.id, kind = 'status', status = a.to }))
  return {'ok', status, fence}
end
`;

/** Moves a job; with `held`, one that its worker holds leaves its queue in the same step. */
export const MOVE_LUA = `${BULL_LEAVE_LUA}${MOVE_FUNCTION_LUA}
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local moved = move(P, a)
if moved[1] == 'ok' and a.held then bull_leave(P, a.held.queue, a.id, a.held.token, a.at) end
return moved
`;
