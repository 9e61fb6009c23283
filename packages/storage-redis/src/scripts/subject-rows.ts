/**
 * A subject is one hash. The empty field holds the instant at which its last counter is over; each limit has a field
 * with its counter and the instant that one is over: doubles, eight bytes each. Redis removes the row at its end. When
 * that moves, counters that are over are taken out, so that a subject doesn't grow with every limit it ever had.
 *
 * `read_row(key, at, count)` reads the limits whose four arguments (field, algorithm, units, window) begin at ARGV[at].
 */
export const SUBJECT_ROWS = `
local function read_row(key, at, count)
  if count == 1 then return redis.call('HMGET', key, '', ARGV[at]) end
  if count == 2 then return redis.call('HMGET', key, '', ARGV[at], ARGV[at + 4]) end
  local fields = {}
  for i = 1, count do fields[i] = ARGV[at + 4 * (i - 1)] end
  return redis.call('HMGET', key, '', unpack(fields))
end

local function write_row(key, row_end, latest, changes, now, kept_longer)
  if row_end and latest <= struct.unpack('<d', row_end) then
    redis.call('HSET', key, unpack(changes))
    return
  end
  redis.call('HSET', key, '', struct.pack('<d', latest), unpack(changes))
  redis.call('PEXPIRE', key, string.format('%.0f', latest - now + kept_longer))
  if redis.call('HLEN', key) <= 1 + #changes / 2 then return end
  local row = redis.call('HGETALL', key)
  for i = 1, #row, 2 do
    if row[i] ~= '' and struct.unpack('<d', row[i + 1], 25) <= now then redis.call('HDEL', key, row[i]) end
  end
end
`;
