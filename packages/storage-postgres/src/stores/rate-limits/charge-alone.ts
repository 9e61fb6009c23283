import type { ConsumeOutcome } from "@tenon/core/ports";
import type { StoreContext } from "../store-context.js";
import { decideJobs, type LimitJob } from "./decide-jobs.js";
import { insertSubjects, readSubjects, updateSubjects } from "./subject-rows.js";

/**
 * Decides a call on one subject without a transaction: reads its row, lets core's pure rules decide, and writes the row
 * if it is still the one that was read. Undefined, with nothing written, when it isn't.
 */
export async function chargeAlone(
  { session, tables }: StoreContext,
  job: LimitJob,
): Promise<ConsumeOutcome | undefined> {
  const place = { session, tables, operation: "rateLimits.consume" };
  const { charges, now } = job.request;
  const subjects = charges.map(({ subject }) => subject);
  const rows = await readSubjects(place, subjects, now);
  const { outcomes, changes } = decideJobs([job], rows);
  const isKnown = subjects.some((subject) => rows.counters.has(subject));
  const isWritten = isKnown
    ? await updateSubjects(place, changes, rows.counters)
    : await insertSubjects(place, changes);
  return isWritten ? outcomes[0] : undefined;
}
