import type { ConsumeOutcome, ConsumeRequest } from "../ports/rate-limit-store.js";
import { counterKey } from "./counter-key.js";
import { decideRateLimit } from "./decide.js";
import type { LimitCounter } from "./limit.js";

/** Counts in the process, for at most `maxSubjects` subjects: the one unused longest goes first. */
export function createLocalLimiter(
  maxSubjects: number,
): (request: ConsumeRequest & { readonly now: Date }) => ConsumeOutcome {
  const subjects = new Map<string, ReadonlyMap<string, LimitCounter>>();

  return ({ subject, cost, limits, now }) => {
    const known = subjects.get(subject);
    const counters = limits.map((limit) => known?.get(counterKey(limit)));
    const decision = decideRateLimit({ limits, counters, cost, nowMs: now.getTime() });
    if (decision.allowed && cost > 0) {
      const next = new Map(known);
      for (const [index, limit] of limits.entries()) {
        const counter = decision.counters[index];
        if (counter !== undefined) next.set(counterKey(limit), counter);
      }
      subjects.delete(subject);
      subjects.set(subject, next);
      const oldest = subjects.keys().next();
      if (subjects.size > maxSubjects && !oldest.done) subjects.delete(oldest.value);
    }
    return { ...decision, at: now };
  };
}
