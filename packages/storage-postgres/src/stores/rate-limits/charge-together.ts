import type { ConsumeOutcome } from "@tenon/core/ports";
import type { SubjectCounters } from "@tenon/core/rate-limit";
import type { StoreContext } from "../store-context.js";
import { decideJobs, type LimitJob } from "./decide-jobs.js";
import {
  deleteSubjects,
  insertSubjects,
  lockSubjects,
  makeSubjects,
  updateSubjects,
} from "./subject-rows.js";

/** Thrown to undo a transaction. */
const overtaken = new Error("somebody else added a subject that was missing before");

/**
 * Decides calls one after the other, in one short transaction: it locks all their subjects and reads them, lets core's
 * pure rules decide, and writes what changed.
 * @param options.canStartAgain whether the transaction is our own. A subject that is missing can't be locked, and is
 *   added at the end: should others have added it by then, all is undone and decided again. Where that isn't possible,
 *   and the second time, missing subjects are added first, locked, and taken away again if nobody was charged.
 */
export async function chargeTogether(
  context: StoreContext,
  takeJobs: () => readonly LimitJob[],
  { canStartAgain }: { readonly canStartAgain: boolean },
): Promise<readonly ConsumeOutcome[]> {
  try {
    return await chargeOnce(context, takeJobs, { makesFirst: !canStartAgain });
  } catch (error) {
    if (error !== overtaken) throw error;
    return chargeOnce(context, takeJobs, { makesFirst: true });
  }
}

function chargeOnce(
  { session, tables }: StoreContext,
  takeJobs: () => readonly LimitJob[],
  { makesFirst }: { readonly makesFirst: boolean },
): Promise<readonly ConsumeOutcome[]> {
  return session.transaction("rateLimits.consume", async (inside) => {
    const jobs = takeJobs();
    if (jobs.length === 0) return [];
    const place = { session: inside, tables, operation: "rateLimits.consume" };
    const subjects = [
      ...new Set(jobs.flatMap(({ request }) => request.charges.map(({ subject }) => subject))),
    ];
    if (makesFirst) await makeSubjects(place, subjects);
    const rows = await lockSubjects(place, subjects);
    const stored = rows.counters;
    const { outcomes, changes } = decideJobs(jobs, rows);
    const [known, news] = [new Map<string, SubjectCounters>(), new Map<string, SubjectCounters>()];
    for (const [subject, counters] of changes) (stored.has(subject) ? known : news).set(subject, counters);
    if (!(await insertSubjects(place, news))) throw overtaken;
    await updateSubjects(place, known);
    if (makesFirst)
      await deleteSubjects(
        place,
        subjects.filter((subject) => !changes.has(subject) && !stored.get(subject)?.size),
      );
    return outcomes;
  });
}
