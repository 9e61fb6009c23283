import type { Settlement, Storage } from "@tenon/core/ports";
import { type Breakages, withStores } from "./breakage.js";

export const brokenQueues: Breakages = {
  "lost fencing: a settlement counts whatever its token": {
    caughtBy: "settlements: a runner whose lease went to another settles nothing and logs no attempt",
    breakIt(good) {
      const tokens = new Map<string, string>();
      return withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          async claim(request) {
            const outcome = await queue.claim(request);
            for (const { deliveryId, leaseToken } of outcome.deliveries) tokens.set(deliveryId, leaseToken);
            return outcome;
          },
          settle: (request) =>
            queue.settle(
              withSettlements(request, (one) => ({
                ...one,
                leaseToken: tokens.get(one.deliveryId) ?? one.leaseToken,
              })),
            ),
        },
      }));
    },
  },
  "double claim: runners that ask at the same moment get the same deliveries": {
    caughtBy: "queue: two runners claim one due delivery: exactly one wins",
    breakIt(good) {
      let underWay: ReturnType<Storage["queue"]["claim"]> | undefined;
      return withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          claim(request) {
            underWay ??= queue.claim(request).finally(() => {
              underWay = undefined;
            });
            return underWay;
          },
        },
      }));
    },
  },
  "leases never run out": {
    caughtBy:
      "queue: a lease keeps its delivery until its very end, and then another claim gets it with a new token",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: (request) => queue.claim({ ...request, leaseMs: 1e12 }) },
      })),
  },
  "the cursor is ignored: the first endpoints starve the rest": {
    caughtBy: "queue: an endpoint with 1,000 due deliveries doesn't keep others waiting",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: ({ cursor: _ignored, ...request }) => queue.claim(request) },
      })),
  },
  "slots per endpoint are not limited": {
    caughtBy: "queue: an endpoint has at most slotsPerEndpoint live leases, those of other runners counted",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: (request) => queue.claim({ ...request, slotsPerEndpoint: 1e6 }) },
      })),
  },
  "the newest message goes first": {
    caughtBy: "queue: within an endpoint the oldest message goes first, also after a retry",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          async claim(request) {
            const outcome = await queue.claim(request);
            return { ...outcome, deliveries: outcome.deliveries.toReversed() };
          },
        },
      })),
  },
  "a claim ignores which messages it is told of": {
    caughtBy:
      "claims of messages: a claim that is told of messages brings what is ready at their endpoints, and of no other",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: { ...queue, claim: ({ messages: _ignored, ...request }) => queue.claim(request) },
      })),
  },
  "a claim says that nothing was left, whatever it left": {
    caughtBy:
      "claims of messages: a round says whether it left anything that an attempt's end makes room for",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          claim: async (request) => ({ ...(await queue.claim(request)), mayHaveMore: false }),
        },
      })),
  },
  "every settlement is said to be applied": {
    caughtBy: "settlements: a token that was never given, or is another delivery's, settles nothing",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          settle: async (request) => (await queue.settle(request)).map(() => "applied" as const),
        },
      })),
  },
  "retries come back at once": {
    caughtBy: "settlements: a retry comes back after its delay, not before, as the next attempt",
    breakIt: (good) =>
      withSettledAs(good, (one) =>
        one.outcome.kind === "retry" ? { ...one, outcome: { kind: "retry", delayMs: 0 } } : one,
      ),
  },
  "a receiver's pause stays with the runner that was asked for it": {
    caughtBy:
      "an endpoint's own pace: a pause that one runner was asked for holds for all, for that endpoint alone, and the longest counts",
    breakIt: (good) =>
      withSettledAs(good, (one) =>
        one.outcome.kind === "retry"
          ? { ...one, outcome: { kind: "retry", delayMs: one.outcome.delayMs } }
          : one,
      ),
  },
  "a receiver's pause is forgotten with the last attempt": {
    caughtBy:
      "an endpoint's own pace: a pause that the last attempt was asked for holds like any other, also for a fifo endpoint",
    breakIt: (good) =>
      withSettledAs(good, (one) => {
        if (one.outcome.kind !== "exhausted") return one;
        const { pauseMs: _forgotten, ...outcome } = one.outcome;
        return { ...one, outcome };
      }),
  },
  "failures in a row are forgotten on the way": {
    caughtBy:
      "endpoint health: an endpoint that fails often enough in a row has one lease, whatever it fails with, until it succeeds",
    breakIt(good) {
      let failures = 0;
      return withStores(good, ({ queue, endpoints }) => ({
        queue: {
          ...queue,
          async settle(request) {
            const results = await queue.settle(request);
            for (const { attempt } of request.settlements) {
              if (attempt === undefined || attempt.succeeded || ++failures % 5 > 0) continue;
              const { tenantId, endpointId } = attempt;
              await endpoints.disable({ tenantId, endpointId, reason: "manual" });
              await endpoints.enable({ tenantId, endpointId });
            }
            return results;
          },
        },
      }));
    },
  },
  "cancelling forgets what waits for its time": {
    caughtBy:
      "one delivery or one endpoint: cancelling takes what is ready or waits, and neither what is under way nor what is final",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          cancel: async (request) => Math.min(2, await queue.cancel({ ...request, limit: 2 })),
        },
      })),
  },
  "one delivery is claimed though it is under way": {
    caughtBy:
      "one delivery or one endpoint: eight callers claim one delivery beside a runner: exactly one gets it, until its lease ends",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          claimOne: ({ now = new Date(), ...request }) =>
            queue.claimOne({ ...request, now: new Date(now.getTime() + 3_600_000) }),
        },
      })),
  },
  "what is under way is called overdue": {
    caughtBy:
      "the oldest due delivery: is not one under way, until its lease runs out; then it counts from when it was due",
    breakIt: (good) =>
      withStores(good, ({ queue }) => ({
        queue: {
          ...queue,
          oldestDue: ({ now = new Date() }) => queue.oldestDue({ now: new Date(now.getTime() + 3_600_000) }),
        },
      })),
  },
  "a release uses up an attempt": {
    caughtBy:
      "settlements: a released delivery comes back after its delay without an attempt having been used",
    breakIt: (good) =>
      withSettledAs(good, (one) =>
        one.outcome.kind === "released" ? { ...one, outcome: { ...one.outcome, kind: "retry" } } : one,
      ),
  },
  "why no response came is lost": {
    caughtBy:
      "deliveries: an attempt without a response has neither status, headers nor body, but says what went wrong",
    breakIt: (good) =>
      withSettledAs(good, (one) =>
        one.attempt === undefined ? one : { ...one, attempt: { ...one.attempt, error: undefined } },
      ),
  },
  "attempts are lost": {
    caughtBy: "deliveries: an attempt comes back field by field as it was logged",
    breakIt: (good) => withSettledAs(good, ({ attempt: _lost, ...one }) => one),
  },
};

type SettleRequest = Parameters<Storage["queue"]["settle"]>[0];

function withSettlements(request: SettleRequest, change: (one: Settlement) => Settlement): SettleRequest {
  return { ...request, settlements: request.settlements.map(change) };
}

function withSettledAs(good: Storage, change: (one: Settlement) => Settlement): Storage {
  return withStores(good, ({ queue }) => ({
    queue: { ...queue, settle: (request) => queue.settle(withSettlements(request, change)) },
  }));
}
