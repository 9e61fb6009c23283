import { createScript, type RunScript, type Script } from "../script.js";

/**
 * One step of a walk over keys that begin with KEYS[1] (a key, so that a client's own prefix is put before it): removes
 * at most ARGV[3] of those that are over at the instant ARGV[1], and gives the next cursor and how many it removed.
 * `ends_at(key)` is told by what goes before.
 */
const STEP = `
local now, limit, removed = tonumber(ARGV[1]), tonumber(ARGV[3]), 0
local pattern = string.gsub(KEYS[1], '[%[%]*?\\\\]', '\\\\%0') .. '*'
local found = redis.call('SCAN', ARGV[2], 'MATCH', pattern, 'COUNT', 1000)
for _, key in ipairs(found[2]) do
  if removed < limit and redis.call('EXISTS', key) == 1 and ends_at(key) <= now then
    redis.call('DEL', key)
    removed = removed + 1
  end
end
return { found[1], removed }
`;

export function createPruneScript(endsAt: string): Script {
  return createScript(endsAt, STEP);
}

/**
 * Removes rows that are over at an instant of the caller's. Without one there is nothing to do: Redis has removed them
 * already, by its own time.
 */
export async function pruneKeys(
  {
    run,
    operation,
    script,
    prefix,
  }: {
    readonly run: RunScript;
    readonly operation: string;
    readonly script: Script;
    readonly prefix: string;
  },
  { limit, now }: { readonly limit: number; readonly now?: Date },
): Promise<number> {
  if (now === undefined) return 0;
  let removed = 0;
  let cursor = "0";
  do {
    const args = [String(now.getTime()), cursor, String(limit - removed)];
    const [next, count] = (await run(operation, script, { keys: [prefix], args })) as [unknown, unknown];
    cursor = String(next);
    removed += Number(count);
  } while (cursor !== "0" && removed < limit);
  return removed;
}
