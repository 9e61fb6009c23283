import { counterExpiresAtMs } from "./counter-expiry.js";
import { counterKey } from "./counter-key.js";
import { decideCharges, decideRateLimit } from "./decide.js";
import type { LimitCounter, RateLimit } from "./limit.js";
import { refundCounter } from "./refund-counter.js";

export interface StoredCounter {
  readonly counter: LimitCounter;
  /** When it no longer matters, in epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** All that is kept of one subject: counters by `name:windowSeconds:algorithm`. */
export type SubjectCounters = ReadonlyMap<string, StoredCounter>;

/** What one call asks of one subject. */
export interface LimitCharge {
  /** Whose limits these are, for example `key:<tenant>:<id>`. 1 to 512 characters. */
  readonly subject: string;
  /** Units taken from each of its limits; 0 reads them without writing. */
  readonly cost: number;
  /** At least one; names are unique within the subject. */
  readonly limits: readonly RateLimit[];
}

interface StoredSubjects {
  readonly charges: readonly LimitCharge[];
  /** What is stored of a subject. */
  readonly find: (subject: string) => SubjectCounters | undefined;
  /** Epoch milliseconds, whole. */
  readonly nowMs: number;
}

/**
 * Decides one call over what is stored, and says what to store: the new counters of each subject that was charged.
 * Counters whose windows are over are left out of them, so that a subject doesn't grow with every limit it ever had.
 */
export function chargeSubjects({ charges, find, nowMs }: StoredSubjects): {
  readonly allowed: boolean;
  readonly counters: readonly (readonly LimitCounter[])[];
  readonly changes: ReadonlyMap<string, SubjectCounters>;
} {
  const stored = charges.map(({ subject }) => find(subject));
  const { allowed, counters } = decideCharges({
    charges: charges.map(({ limits, cost }, index) => ({
      limits,
      cost,
      counters: limits.map((limit) => stored[index]?.get(counterKey(limit))?.counter),
    })),
    nowMs,
  });
  const changes = new Map<string, SubjectCounters>();
  for (const [index, { subject, cost, limits }] of charges.entries()) {
    if (!allowed || cost === 0) continue;
    changes.set(subject, merge(stored[index], { limits, counters: counters[index] ?? [], nowMs }));
  }
  return { allowed, counters, changes };
}

/** Gives units back over what is stored, and says what to store. A counter that isn't there stays away. */
export function refundSubjects({
  charges,
  find,
  nowMs,
}: StoredSubjects): ReadonlyMap<string, SubjectCounters> {
  const changes = new Map<string, SubjectCounters>();
  for (const { subject, cost, limits } of charges) {
    const stored = find(subject);
    const known = limits.filter((limit) => stored?.has(counterKey(limit)));
    if (stored === undefined || known.length === 0 || cost === 0) continue;
    const broughtUp = decideRateLimit({
      limits: known,
      counters: known.map((limit) => stored.get(counterKey(limit))?.counter),
      cost: 0,
      nowMs,
    });
    const counters = known.flatMap((limit, index) => {
      const counter = broughtUp.counters[index];
      return counter === undefined ? [] : [refundCounter(limit, counter, cost)];
    });
    changes.set(subject, merge(stored, { limits: known, counters, nowMs }));
  }
  return changes;
}

/** When the last counter of a subject no longer matters, in epoch milliseconds; 0 for none. */
export function subjectExpiresAtMs(counters: SubjectCounters): number {
  let latest = 0;
  for (const { expiresAtMs } of counters.values()) latest = Math.max(latest, expiresAtMs);
  return latest;
}

function merge(
  stored: SubjectCounters | undefined,
  news: {
    readonly limits: readonly RateLimit[];
    readonly counters: readonly LimitCounter[];
    readonly nowMs: number;
  },
): SubjectCounters {
  const merged = new Map<string, StoredCounter>();
  for (const [key, entry] of stored ?? []) if (entry.expiresAtMs > news.nowMs) merged.set(key, entry);
  for (const [index, limit] of news.limits.entries()) {
    const counter = news.counters[index];
    if (counter === undefined) continue;
    merged.set(counterKey(limit), { counter, expiresAtMs: counterExpiresAtMs(limit, counter) });
  }
  return merged;
}
