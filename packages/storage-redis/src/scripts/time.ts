/**
 * `read_time(given)`: the instant in epoch milliseconds, and how much longer than that a row is kept. An instant of the
 * caller's may lag behind Redis's time, so its rows stay a minute longer: what is over is told by the instant alone.
 */
export const READ_TIME = `
local function read_time(given)
  if given ~= '' then return tonumber(given), 60000 end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), 0
end
`;

/** An instant as scripts read it; nothing lets Redis's own time decide. */
export function instantArgument(now: Date | undefined): string {
  return now === undefined ? "" : String(now.getTime());
}
