import { createScript } from "../script.js";
import { COUNTERS } from "./counters.js";
import { SUBJECT_ROWS } from "./subject-rows.js";
import { READ_TIME } from "./time.js";

/**
 * Decides calls, one after the other: each charges every limit of every key, or none. ARGV holds for each call an
 * instant and the number of its keys, for each of these the cost and the number of its limits, and for each limit four
 * arguments. The reply holds for each call 1 or 0, the instant, and three numbers for each limit: after the charge when
 * all fit, brought up to now when not.
 */
export const CHARGE = createScript(
  READ_TIME,
  COUNTERS,
  SUBJECT_ROWS,
  `
local reply, charged, rows, at, key_at = {}, {}, {}, 1, 1

local function decide(now, key_count)
  local allowed = true
  for k = key_at, key_at + key_count - 1 do
    local cost, count = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    local row = read_row(KEYS[k], at + 2, count)
    rows[k] = row
    for i = 1, count do
      local from = at + 4 * i - 2
      local a, units, window = ARGV[from + 1], tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
      local first, second, third
      if row[i + 1] then first, second, third = struct.unpack('<ddd', row[i + 1]) end
      first, second, third = bring_up(a, units, window, first, second, third, now)
      local place = #reply
      reply[place + 1], reply[place + 2], reply[place + 3] = first, second, third
      if cost > 0 and allowed then
        allowed, charged[place + 2] = charge(a, units, window, first, second, third, cost, now)
      end
    end
    at = at + 2 + 4 * count
  end
  return allowed
end

local function keep(now, kept_longer, key_count, at, place)
  for k = key_at, key_at + key_count - 1 do
    local cost, count = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    if cost > 0 then
      local changes, latest = {}, 0
      for i = 1, count do
        local from = at + 4 * i - 2
        local first, second, third = reply[place], charged[place + 1], reply[place + 2]
        local ends = ends_at(ARGV[from + 1], tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3]), first, second)
        reply[place + 1] = second
        changes[2 * i - 1], changes[2 * i] = ARGV[from], struct.pack('<dddd', first, second, third, ends)
        latest = math.max(latest, ends)
        place = place + 3
      end
      write_row(KEYS[k], rows[k][1], latest, changes, now, kept_longer)
    else
      place = place + 3 * count
    end
    at = at + 2 + 4 * count
  end
end

while at <= #ARGV do
  local now, kept_longer = read_time(ARGV[at])
  local key_count = tonumber(ARGV[at + 1])
  at = at + 2
  local head, began_at = #reply + 1, at
  reply[head], reply[head + 1] = 0, now
  if decide(now, key_count) then
    reply[head] = 1
    keep(now, kept_longer, key_count, began_at, head + 2)
  end
  key_at = key_at + key_count
end
return reply
`,
);

/** Gives units back to the limits that are stored, of one call. ARGV is as above. */
export const REFUND = createScript(
  READ_TIME,
  COUNTERS,
  SUBJECT_ROWS,
  `
local now, kept_longer = read_time(ARGV[1])
local at = 3
for _, key in ipairs(KEYS) do
  local cost, count = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local row, changes, latest = read_row(key, at + 2, count), {}, 0
  for i = 1, count do
    if row[i + 1] and cost > 0 then
      local from = at + 4 * i - 2
      local a, units, window = ARGV[from + 1], tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
      local first, second, third = struct.unpack('<ddd', row[i + 1])
      first, second, third = bring_up(a, units, window, first, second, third, now)
      second, third = refund(a, window, second, third, cost)
      local ends = ends_at(a, units, window, first, second)
      changes[#changes + 1] = ARGV[from]
      changes[#changes + 1] = struct.pack('<dddd', first, second, third, ends)
      latest = math.max(latest, ends)
    end
  end
  if #changes > 0 then write_row(key, row[1], latest, changes, now, kept_longer) end
  at = at + 2 + 4 * count
end
`,
);

/** When the last counter of a subject is over. */
export const SUBJECT_ENDS_AT = `
local function ends_at(key)
  return struct.unpack('<d', redis.call('HGET', key, ''))
end
`;
