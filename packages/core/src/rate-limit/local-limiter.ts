import type { ChargeRequest, ConsumeOutcome } from "../ports/rate-limit-store.js";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "./subject-counters.js";

type Dated = ChargeRequest & { readonly now: Date };

/** A limiter of this process alone. */
export interface LocalLimiter {
  consume(request: Dated): ConsumeOutcome;
  refund(request: Dated): void;
}

/** Counts in the process, for at most `maxSubjects` subjects: the one unused longest goes first. */
export function createLocalLimiter(maxSubjects: number): LocalLimiter {
  const subjects = new Map<string, SubjectCounters>();
  const find = (subject: string) => subjects.get(subject);

  function keep(changes: ReadonlyMap<string, SubjectCounters>): void {
    for (const [subject, counters] of changes) {
      subjects.delete(subject);
      subjects.set(subject, counters);
      const oldest = subjects.keys().next();
      if (subjects.size > maxSubjects && !oldest.done) subjects.delete(oldest.value);
    }
  }

  return {
    consume({ charges, now }) {
      const { changes, ...decision } = chargeSubjects({ charges, find, nowMs: now.getTime() });
      keep(changes);
      return { at: now, ...decision };
    },
    refund: ({ charges, now }) => keep(refundSubjects({ charges, find, nowMs: now.getTime() })),
  };
}
