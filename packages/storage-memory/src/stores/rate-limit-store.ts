import type { RateLimitStore } from "@tenon/core/ports";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "@tenon/core/rate-limit";
import { chargeInPlace } from "../rate-limits/charge-in-place.js";
import type { RateLimitTable } from "../rate-limits/rate-limit-table.js";
import type { Session } from "../session.js";
import type { StoreContext } from "./store-context.js";

export function createRateLimitStore(session: Session, { clock }: StoreContext): RateLimitStore {
  return {
    consume: ({ charges, now }) =>
      session.charge("rateLimits.consume", charges, (rateLimits) => {
        const at = now ?? clock.now();
        const charged = rateLimits.inPlace && chargeInPlace(rateLimits.inPlace, charges, at.getTime());
        if (charged !== undefined) return { allowed: charged.allowed, counters: charged.counters, at };
        const { changes, ...decision } = chargeSubjects({
          charges,
          find: rateLimits.get,
          nowMs: at.getTime(),
        });
        putAll(rateLimits, changes);
        return { ...decision, at };
      }),

    refund: ({ charges, now = clock.now() }) =>
      session.charge("rateLimits.refund", charges, (rateLimits) =>
        putAll(rateLimits, refundSubjects({ charges, find: rateLimits.get, nowMs: now.getTime() })),
      ),

    reset: ({ subject }) =>
      session.charge("rateLimits.reset", [{ subject }], (rateLimits) => rateLimits.delete(subject)),

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
