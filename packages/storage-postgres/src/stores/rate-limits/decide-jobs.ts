import type { ChargeRequest, ConsumeOutcome } from "@tenon/core/ports";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "@tenon/core/rate-limit";
import type { SubjectRows } from "./subject-rows.js";

/** A call that changes what is counted. */
export interface LimitJob {
  readonly kind: "consume" | "refund";
  readonly request: ChargeRequest;
}

export interface JobsDecision {
  /** One per call. */
  readonly outcomes: readonly ConsumeOutcome[];
  /** What to store of the subjects that changed. */
  readonly changes: ReadonlyMap<string, SubjectCounters>;
}

/** Decides calls one after the other over what is stored, by core's rules. */
export function decideJobs(
  jobs: readonly LimitJob[],
  { counters: stored, nowMs }: SubjectRows,
): JobsDecision {
  const changes = new Map<string, SubjectCounters>();
  const find = (subject: string) => changes.get(subject) ?? stored.get(subject);
  const outcomes = jobs.map(({ kind, request }): ConsumeOutcome => {
    const at = request.now ?? new Date(nowMs);
    const call = { charges: request.charges, find, nowMs: at.getTime() };
    if (kind === "refund") {
      for (const [subject, counters] of refundSubjects(call)) changes.set(subject, counters);
      return { allowed: true, at, counters: [] };
    }
    const decision = chargeSubjects(call);
    for (const [subject, counters] of decision.changes) changes.set(subject, counters);
    return { allowed: decision.allowed, counters: decision.counters, at };
  });
  return { outcomes, changes };
}
