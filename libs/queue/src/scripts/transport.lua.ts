import { BULL_ADD_LUA, BULL_LEAVE_LUA } from './bullmq.lua.ts';

/** Gives a record that has no queue job one. One that is there stays as it is. */
export const ENQUEUE_LUA = `${BULL_ADD_LUA}
local a = cjson.decode(ARGV[1])
bull_add(KEYS[1], a.queue, a.id, a.priority, a.now)
return 1
`;

/** Takes the queue job of a record that has ended out of its queue, if we still hold it. */
export const LEAVE_LUA = `${BULL_LEAVE_LUA}
local a = cjson.decode(ARGV[1])
bull_leave(KEYS[1], a.queue, a.id, a.token, a.now)
return 1
`;
