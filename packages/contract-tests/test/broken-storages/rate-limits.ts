import type { RateLimitStore } from "@tenon/core/ports";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "@tenon/core/rate-limit";
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
            for (const charge of request.charges) {
              for (const limit of charge.limits)
                await rateLimits.consume({ ...request, charges: [{ ...charge, limits: [limit] }] });
            }
            return outcome;
          },
        },
      })),
  },
  "subjects are charged one after the other": {
    caughtBy:
      "rate limits of several subjects: when one subject's limit would be exceeded, no other is charged, in whatever order they come",
    breakIt: (good) =>
      withStores(good, ({ rateLimits }) => ({
        rateLimits: {
          ...rateLimits,
          async consume(request) {
            const outcomes = [];
            for (const charge of request.charges) {
              outcomes.push(await rateLimits.consume({ ...request, charges: [charge] }));
            }
            const [first = await rateLimits.consume(request)] = outcomes;
            return {
              ...first,
              allowed: outcomes.every(({ allowed }) => allowed),
              counters: outcomes.flatMap(({ counters }) => counters),
            };
          },
        },
      })),
  },
  "states tell how limits stood before the call": {
    caughtBy: "rate limit states: states are what is described of the counters that are read afterwards",
    breakIt: (good) =>
      withStores(good, ({ rateLimits }) => ({
        rateLimits: {
          ...rateLimits,
          async consume(request) {
            const peeks = request.charges.map((charge) => ({ ...charge, cost: 0 }));
            const { states } = await rateLimits.consume({ ...request, charges: peeks });
            const outcome = await rateLimits.consume(request);
            return outcome.states === undefined ? outcome : { ...outcome, states };
          },
        },
      })),
  },
  "a refund forgets the subject": {
    caughtBy:
      "rate limit refunds and resets: a refund leaves limits alone that it doesn't name, and makes nothing",
    breakIt: (good) =>
      withStores(good, ({ rateLimits }) => ({
        rateLimits: {
          ...rateLimits,
          async refund({ charges }) {
            for (const { subject } of charges) await rateLimits.reset({ subject });
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
  const subjects = new Map<string, SubjectCounters>();
  return {
    async consume({ charges, now: at = new Date() }) {
      const { changes, ...decision } = chargeSubjects({
        charges,
        find: (subject) => subjects.get(subject),
        nowMs: at.getTime(),
      });
      await Promise.resolve();
      for (const [subject, counters] of changes) subjects.set(subject, counters);
      return { ...decision, at };
    },
    async refund({ charges, now: at = new Date() }) {
      const changes = refundSubjects({
        charges,
        find: (subject) => subjects.get(subject),
        nowMs: at.getTime(),
      });
      for (const [subject, counters] of changes) subjects.set(subject, counters);
    },
    reset: async ({ subject }) => void subjects.delete(subject),
    prune: async () => 0,
  };
}
