import type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "@tenon/core/ports";
import {
  counterKey,
  type LimitCounter,
  type RateLimit,
  type RateLimitAlgorithm,
} from "@tenon/core/rate-limit";
import { createChargeBatches } from "./charge-batches.js";
import type { ScriptInput } from "./redis-client.js";
import { type RedisStoreConfig, readRedisConfig } from "./redis-config.js";
import { redisKey } from "./redis-key.js";
import { createRunScript, createScript } from "./script.js";
import { CHARGE, REFUND, SUBJECT_ENDS_AT } from "./scripts/limit-scripts.js";
import { createPruneScript, pruneKeys } from "./scripts/prune-script.js";
import { instantArgument } from "./scripts/time.js";

/** How scripts know them. */
const ALGORITHMS: Readonly<Record<RateLimitAlgorithm, string>> = {
  "sliding-window": "s",
  "fixed-window": "f",
  gcra: "g",
};
const RESET = createScript("redis.call('DEL', KEYS[1])");
const PRUNE = createPruneScript(SUBJECT_ENDS_AT);

/**
 * Counts rate limits in Redis (7 or later, or Valkey): one script and one round trip, however many subjects and limits a
 * call names, and whichever calls are made in the same turn of the event loop. Rows vanish when their windows are over.
 * It sends nothing yet.
 * @throws {ConfigError} naming every problem of the config.
 * @example
 * const tenon = createTenon({ storage, limits: redisLimits({ redis: new Redis(process.env.REDIS_URL) }) });
 */
export function redisLimits(config: RedisStoreConfig): RateLimitStore {
  const settings = readRedisConfig(config);
  const run = createRunScript(settings);
  const prefix = `${settings.prefix}l:`;

  const consume = createChargeBatches(async (requests) => {
    const reply = await run("rateLimits.consume", CHARGE, scriptInput(requests, prefix));
    // Text, or bytes, where a client is told to give numbers so.
    const numbers = (reply as readonly unknown[]).map((one) =>
      typeof one === "number" ? one : Number(String(one)),
    );
    return readReply(requests, numbers);
  });

  return {
    consume,

    async refund(request) {
      await run("rateLimits.refund", REFUND, scriptInput([request], prefix));
    },

    async reset({ subject }) {
      await run("rateLimits.reset", RESET, { keys: [redisKey(prefix, subject)], args: [] });
    },

    prune: (request) => pruneKeys({ run, operation: "rateLimits.prune", script: PRUNE, prefix }, request),
  };
}

function scriptInput(requests: readonly ChargeRequest[], prefix: string): ScriptInput {
  const keys: string[] = [];
  const args: string[] = [];
  for (const { charges, now } of requests) {
    args.push(instantArgument(now), String(charges.length));
    for (const { subject, cost, limits } of charges) {
      keys.push(redisKey(prefix, subject));
      args.push(String(cost), String(limits.length));
      for (const limit of limits) {
        const algorithm = ALGORITHMS[limit.algorithm];
        args.push(counterKey(limit), algorithm, String(limit.limit), String(limit.windowSeconds * 1000));
      }
    }
  }
  return { keys, args };
}

function readReply(
  requests: readonly ChargeRequest[],
  numbers: readonly number[],
): readonly ConsumeOutcome[] {
  let at = 0;
  const next = () => numbers[at++] ?? Number.NaN;
  return requests.map(({ charges }) => {
    const allowed = next() === 1;
    const decidedAt = new Date(next());
    const counters = charges.map(({ limits }) =>
      limits.map((limit) => counterOf(limit, next(), next(), next())),
    );
    return { allowed, at: decidedAt, counters };
  });
}

function counterOf(limit: RateLimit, first: number, second: number, third: number): LimitCounter {
  if (limit.algorithm === "gcra") return { kind: "gcra", atMs: first, level: second };
  return { kind: "window", startMs: first, current: second, previous: third };
}
