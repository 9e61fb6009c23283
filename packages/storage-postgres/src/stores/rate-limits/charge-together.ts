import type { ChargeRequest, ConsumeOutcome } from "@tenon/core/ports";
import { chargeSubjects, refundSubjects, type SubjectCounters } from "@tenon/core/rate-limit";
import type { StoreContext } from "../store-context.js";
import { lockSubjects, readSubjects, writeSubjects } from "./subject-rows.js";

/** A call that changes what is counted. */
export interface LimitJob {
  readonly kind: "consume" | "refund";
  readonly request: ChargeRequest;
}

/**
 * Decides calls one after the other, in one short transaction: it locks all their subjects, reads them, lets core's
 * pure rules decide, and writes what changed.
 */
export function chargeTogether(
  { session, tables }: StoreContext,
  takeJobs: () => readonly LimitJob[],
): Promise<readonly ConsumeOutcome[]> {
  return session.transaction("rateLimits.consume", async (inside) => {
    const jobs = takeJobs();
    if (jobs.length === 0) return [];
    const place = { session: inside, tables, operation: "rateLimits.consume" };
    const subjects = [
      ...new Set(jobs.flatMap(({ request }) => request.charges.map(({ subject }) => subject))),
    ];
    await lockSubjects(place, subjects);
    // A statement of its own: its snapshot is younger than the locks, so it sees what was written under them before.
    const { nowMs, counters: stored } = await readSubjects(place, subjects, undefined);
    const { outcomes, changes } = decideJobs(jobs, { stored, nowMs });
    const unused = subjects.filter((subject) => !changes.has(subject) && !stored.get(subject)?.size);
    await writeSubjects(place, changes, unused);
    return outcomes;
  });
}

function decideJobs(
  jobs: readonly LimitJob[],
  { stored, nowMs }: { readonly stored: ReadonlyMap<string, SubjectCounters>; readonly nowMs: number },
): { readonly outcomes: readonly ConsumeOutcome[]; readonly changes: ReadonlyMap<string, SubjectCounters> } {
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
