import type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "@tenon/core/ports";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "@tenon/core/rate-limit";
import { chargeInPlace } from "../rate-limits/charge-in-place.js";
import type { RateLimitTable } from "../rate-limits/rate-limit-table.js";
import type { Session } from "../session.js";
import type { StoreContext } from "./store-context.js";

export function createRateLimitStore(session: Session, { clock }: StoreContext): RateLimitStore {
  function consume(rateLimits: RateLimitTable, request: ChargeRequest): ConsumeOutcome {
    const { charges, now, describe } = request;
    const at = now ?? clock.now();
    const charged = describe && rateLimits.inPlace && chargeInPlace(rateLimits.inPlace, charges, at);
    if (charged) return charged;
    const { allowed, counters, changes } = chargeSubjects({
      charges,
      find: rateLimits.get,
      nowMs: at.getTime(),
    });
    putAll(rateLimits, changes);
    return { allowed, at, counters };
  }

  return {
    consume: (request) => session.charge("rateLimits.consume", request, consume),

    refund: async (request) =>
      session.charge("rateLimits.refund", request, (rateLimits, { charges, now = clock.now() }) =>
        putAll(rateLimits, refundSubjects({ charges, find: rateLimits.get, nowMs: now.getTime() })),
      ),

    reset: async ({ subject }) =>
      session.charge("rateLimits.reset", { charges: [{ subject }] }, (rateLimits) =>
        rateLimits.delete(subject),
      ),

    prune: ({ limit, now = clock.now() }) =>
      session.write("rateLimits.prune", ({ rateLimits }) => {
        const over = rateLimits.findOver(now.getTime(), limit);
        for (const subject of over) rateLimits.delete(subject);
        return over.length;
      }),
  };
}

function putAll(rateLimits: RateLimitTable, changes: ReadonlyMap<string, SubjectCounters>): void {
  for (const [subject, counters] of changes) rateLimits.put(subject, counters);
}
