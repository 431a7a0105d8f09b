import { BULL_PULL_LUA } from './bullmq.lua.ts';
import { MOVE_FUNCTION_LUA } from './move.lua.ts';

/**
 * Pulls the first job that waits in one of the queues and, in the ordinary case, begins its attempt: queued, in
 * time, and never failed before. Anything else is for the caller to judge.
 * A pull that was sent again over a new connection is known by its token and answered with the same job.
 * Returns {verdict, queue, id, priority, record}: verdict begun | held; nothing when no job waits.
 */
export const PULL_LUA = `${BULL_PULL_LUA}${MOVE_FUNCTION_LUA}
local P = KEYS[1]
local a = cjson.decode(ARGV[1])

local function begin(queue, id, priority)
  local job = P .. ':job:' .. id
  local now = redis.call('HMGET', job, 'status', 'failures', 'op')
  local begun = now[3] == a.token .. ' queued'
  if now[1] == 'queued' and (not now[2] or now[2] == '[]') then
    local deadline = redis.call('ZSCORE', P .. ':deadlines', id)
    if not deadline or tonumber(deadline) >= a.now then
      local tag = math.max(0, priority - 1) % a.band
      begun = move(P, {
        id = id, op = a.token, to = 'active', from = {'queued'}, bumpFence = true, bumpAttempt = 1, set = a.set, unset = {},
        at = a.now, served = { queue = queue, band = priority - tag, tag = tag },
      })[1] == 'ok'
    end
  end
  return {begun and 'begun' or 'held', queue, id, priority, redis.call('HGETALL', job)}
end

local pulled = P .. ':pulled:' .. a.worker
local last = redis.call('HMGET', pulled, 'token', 'queue', 'id', 'priority')
if last[1] == a.token and redis.call('GET', P .. ':' .. last[2] .. ':' .. last[3] .. ':lock') == a.token then
  return begin(last[2], last[3], tonumber(last[4]))
end
for _, queue in ipairs(a.queues) do
  local id, priority = bull_pull(P, queue, a.token, a.lockMs, a.now)
  if id then
    redis.call('HSET', pulled, 'token', a.token, 'queue', queue, 'id', id, 'priority', priority)
    redis.call('PEXPIRE', pulled, a.lockMs)
    return begin(queue, id, priority)
  end
end
`;
