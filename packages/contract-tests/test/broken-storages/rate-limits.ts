import type { RateLimitStore } from "@tenon/core/ports";
import { counterKey, decideRateLimit, type LimitCounter } from "@tenon/core/rate-limit";
import { type Breakages, withStores } from "./breakage.js";

export const brokenRateLimits: Breakages = {
  "limits read, wait and then write": {
    caughtBy:
      "rate limits: 16 clients at once on one subject with a limit of 500 an hour: exactly 500 are accepted",
    breakIt: (good) => ({ ...good, rateLimits: createUnguardedLimits() }),
  },
  "a refusal charges the limits that had room": {
    caughtBy: "rate limits: when one limit would be exceeded, none is charged",
    breakIt: (good) =>
      withStores(good, ({ rateLimits }) => ({
        rateLimits: {
          ...rateLimits,
          async consume(request) {
            const outcome = await rateLimits.consume(request);
            if (outcome.allowed) return outcome;
            for (const limit of request.limits) await rateLimits.consume({ ...request, limits: [limit] });
            return outcome;
          },
        },
      })),
  },
  "pruning forgets windows that still count": {
    caughtBy: "rate limits: pruning removes subjects whose windows are all over, at most as many as asked",
    breakIt: (good) =>
      withStores(good, ({ rateLimits }) => ({
        rateLimits: { ...rateLimits, prune: ({ limit }) => rateLimits.prune({ limit, now: new Date(8e15) }) },
      })),
  },
};

/** Right for one caller at a time: between reading and writing, others get their turn. */
function createUnguardedLimits(): RateLimitStore {
  const subjects = new Map<string, ReadonlyMap<string, LimitCounter>>();
  return {
    async consume({ subject, limits, cost, now: at = new Date() }) {
      const known = new Map(subjects.get(subject));
      const stored = limits.map((limit) => known.get(counterKey(limit)));
      const decision = decideRateLimit({ limits, counters: stored, cost, nowMs: at.getTime() });
      await Promise.resolve();
      if (decision.allowed && cost > 0) {
        for (const [index, limit] of limits.entries()) {
          const counter = decision.counters[index];
          if (counter !== undefined) known.set(counterKey(limit), counter);
        }
        subjects.set(subject, known);
      }
      return { ...decision, at };
    },
    prune: async () => 0,
  };
}
