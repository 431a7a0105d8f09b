import { addPrioritizedJob } from 'bullmq/dist/esm/scripts/addPrioritizedJob-9.js';
import { moveToActive } from 'bullmq/dist/esm/scripts/moveToActive-11.js';
import { moveToFinished } from 'bullmq/dist/esm/scripts/moveToFinished-14.js';

/**
 * BullMQ's own scripts as functions of ours, so that its step and ours are one atomic step and one call. They are
 * imported as they are; the keys and arguments here are those that the pinned version asks for, in its order.
 */
const vendored = (name: string, { content }: { content: string }) =>
  `local function ${name}(KEYS, ARGV)\n${content}\nend\n`;

/** Keys of a queue by BullMQ's names for them. */
const KEYS_LUA = `
local function bull_keys(P, queue, names)
  local base = P .. ':' .. queue .. ':'
  local keys = {}
  for name in string.gmatch(names, '%S+') do keys[#keys + 1] = base .. name end
  return keys, base
end
`;

/** Its job carries nothing but its turn: what is to be done is in our record. Adding one that is there changes nothing. */
export const BULL_ADD_LUA = `${KEYS_LUA}${vendored('bull_add_prioritized', addPrioritizedJob)}
local function bull_add(P, queue, id, priority, now)
  local keys, base = bull_keys(P, queue, 'marker meta id prioritized delayed completed active events pc')
  bull_add_prioritized(keys, { cmsgpack.pack({ base, id, 'render', now }), '{}', cmsgpack.pack({ priority = priority }) })
  redis.call('PUBLISH', P .. ':wake', queue)
end
`;

/** Locks the next job of a queue. Returns its id and its turn; nil when none waits. */
export const BULL_PULL_LUA = `${KEYS_LUA}${vendored('bull_move_to_active', moveToActive)}
local function bull_pull(P, queue, token, lockMs, now)
  local keys, base = bull_keys(P, queue, 'wait active prioritized events stalled limiter delayed paused meta pc marker')
  local job = bull_move_to_active(keys, { base, now, cmsgpack.pack({ token = token, lockDuration = lockMs }) })
  if job[2] == 0 then return nil end
  for at = 1, #job[1], 2 do
    if job[1][at] == 'priority' then return job[2], tonumber(job[1][at + 1]) end
  end
  return job[2], 0
end
`;

/** Takes a job that we hold out of its queue. One that we do not hold any more stays where it is. */
export const BULL_LEAVE_LUA = `${KEYS_LUA}${vendored('bull_move_to_finished', moveToFinished)}
local function bull_leave(P, queue, id, token, now)
  local keys, base = bull_keys(P, queue,
    'wait active prioritized events stalled limiter delayed paused meta pc completed ' .. id .. ' metrics marker')
  local how = { token = token, attempts = 1, keepJobs = { count = 0 }, maxMetricsSize = '' }
  bull_move_to_finished(keys, { id, now, 'returnvalue', '', 'completed', '0', base, cmsgpack.pack(how), '' })
end
`;
