import { ORDER_LUA } from './order.lua.ts';

/** Gives a queued job a turn in another band. Returns its BullMQ priority, or 0 when it is not queued. */
export const TURN_LUA = `${ORDER_LUA}
local P = KEYS[1]
local a = cjson.decode(ARGV[1])
local job = P .. ':job:' .. a.id
if redis.call('HGET', job, 'status') ~= 'queued' then return 0 end
local priority = take_turn(P, a.queue, a.band, a.share, a.width)
redis.call('HSET', job, 'order', priority)
return priority
`;
