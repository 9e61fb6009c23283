import { createScript, type Script } from "../script.js";
import { READ_TIME } from "./time.js";

/** A value is one text: the instant it ends at, a blank, and the value. Only what is not over is read. */
const VALUES = `
local function read_value(key, now)
  local text = redis.call('GET', key)
  if not text then return false end
  local ends, value = string.match(text, '^(%d+) (.*)$')
  if tonumber(ends) <= now then return false end
  return value
end

local function write_value(key, value, lasts, now, kept_longer)
  local text = string.format('%.0f ', now + lasts) .. value
  redis.call('SET', key, text, 'PX', string.format('%.0f', lasts + kept_longer))
end
`;

/** ARGV: the instant, the value, and how many milliseconds it lasts. */
export const PUT = script(`
write_value(KEYS[1], ARGV[2], tonumber(ARGV[3]), now, kept_longer)
`);

/** Replies with the value that was there, if any. */
export const PUT_IF_ABSENT = script(`
local existing = read_value(KEYS[1], now)
if not existing then write_value(KEYS[1], ARGV[2], tonumber(ARGV[3]), now, kept_longer) end
return existing
`);

export const GET = script(`
return read_value(KEYS[1], now)
`);

export const TAKE = script(`
local value = read_value(KEYS[1], now)
redis.call('DEL', KEYS[1])
return value
`);

/** When a value is over. */
export const VALUE_ENDS_AT = `
local function ends_at(key)
  return tonumber(string.match(redis.call('GETRANGE', key, 0, 20), '^%d+'))
end
`;

function script(body: string): Script {
  return createScript(READ_TIME, VALUES, "local now, kept_longer = read_time(ARGV[1])", body);
}
