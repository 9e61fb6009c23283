import type { RateLimitStore } from "@tenon/core/ports";
import { counterExpiresAtMs, counterKey, decideRateLimit } from "@tenon/core/rate-limit";
import type { Session } from "../session.js";
import { take } from "../table/take.js";
import type { RateLimitRow } from "../tables.js";
import type { StoreContext } from "./store-context.js";

export function createRateLimitStore(session: Session, { clock }: StoreContext): RateLimitStore {
  return {
    consume: ({ subject, cost, limits, now }) =>
      session.charge("rateLimits.consume", subject, ({ rateLimits }) => {
        const at = now ?? clock.now();
        const nowMs = at.getTime();
        const row = rateLimits.get(subject);
        const stored = limits.map((limit) => row?.counters.get(counterKey(limit))?.counter);
        const { allowed, counters } = decideRateLimit({ limits, counters: stored, cost, nowMs });
        if (allowed && cost > 0) {
          const charged = limits.flatMap((limit, index) => {
            const counter = counters[index];
            if (counter === undefined) return [];
            return [
              [counterKey(limit), { counter, expiresAtMs: counterExpiresAtMs(limit, counter) }] as const,
            ];
          });
          rateLimits.put(createRow(subject, [...(row?.counters ?? []), ...charged], nowMs));
        }
        return { allowed, at, counters };
      }),

    prune: ({ limit, now = clock.now() }) =>
      session.write("rateLimits.prune", ({ rateLimits }) => {
        const oldest = take(rateLimits.ascend("byExpiry", {}), limit);
        const over = oldest.filter((row) => row.expiresAtMs <= now.getTime());
        for (const row of over) rateLimits.delete(row.subject);
        return over.length;
      }),
  };
}

type Counters = RateLimitRow["counters"];

/** Leaves out counters whose windows are over, so that a subject doesn't grow with every limit it ever had. */
function createRow(
  subject: string,
  entries: Iterable<readonly [string, CounterEntry]>,
  nowMs: number,
): RateLimitRow {
  const counters: Counters = new Map([...entries].filter(([, { expiresAtMs }]) => expiresAtMs > nowMs));
  const expiresAtMs = Math.max(...Array.from(counters.values(), (entry) => entry.expiresAtMs));
  return { subject, counters, expiresAtMs };
}

type CounterEntry = Counters extends ReadonlyMap<string, infer Entry> ? Entry : never;
