import type { ConsumeOutcome } from "@tenon/core/ports";
import type { SubjectCounters } from "@tenon/core/rate-limit";
import type { Session } from "../../connect/session.js";
import { sql } from "../../sql/sql.js";
import type { StoreContext } from "../store-context.js";
import { decideJobs, type LimitJob } from "./decide-jobs.js";
import { insertSubjects, lockSubjects, updateSubjects } from "./subject-rows.js";

const OPERATION = "rateLimits.consume";
/** Thrown to undo a transaction. */
const overtaken = new Error("somebody else added a subject that was missing before");

/**
 * Decides calls one after the other, in one short transaction: it locks all their subjects and reads them, lets core's
 * pure rules decide, and writes what changed. A subject that is missing can't be locked, and is added at the end: should
 * others have added it by then, all is undone and decided again. Each time fewer are missing.
 * @param options.ownsTransactions whether the session opens transactions, or is inside the host's.
 */
export async function chargeTogether(
  { session, tables }: StoreContext,
  takeJobs: () => readonly LimitJob[],
  { ownsTransactions }: { readonly ownsTransactions: boolean },
): Promise<readonly ConsumeOutcome[]> {
  const undoable = ownsTransactions ? inTransaction : inSavepoint;
  for (;;) {
    try {
      return await undoable(session, (inside) => charge({ session: inside, tables }, takeJobs()));
    } catch (error) {
      if (error !== overtaken) throw error;
    }
  }
}

type Undoable = <T>(session: Session, work: (inside: Session) => Promise<T>) => Promise<T>;

const inTransaction: Undoable = (session, work) => session.transaction(OPERATION, work);

/** Of the host's transaction, no more than the work is undone. */
const inSavepoint: Undoable = async (session, work) => {
  await session.records(OPERATION, sql`SAVEPOINT tenon_charge`);
  try {
    const result = await work(session);
    await session.records(OPERATION, sql`RELEASE SAVEPOINT tenon_charge`);
    return result;
  } catch (error) {
    // After a failed statement the transaction is the host's to undo.
    if (error === overtaken) await session.records(OPERATION, sql`ROLLBACK TO SAVEPOINT tenon_charge`);
    throw error;
  }
};

async function charge(
  context: Pick<StoreContext, "session" | "tables">,
  jobs: readonly LimitJob[],
): Promise<readonly ConsumeOutcome[]> {
  if (jobs.length === 0) return [];
  const place = { ...context, operation: OPERATION };
  const subjects = new Set(jobs.flatMap(({ request }) => request.charges.map(({ subject }) => subject)));
  const rows = await lockSubjects(place, [...subjects]);
  const { outcomes, changes } = decideJobs(jobs, rows);
  const [known, news] = [new Map<string, SubjectCounters>(), new Map<string, SubjectCounters>()];
  for (const [subject, counters] of changes)
    (rows.counters.has(subject) ? known : news).set(subject, counters);
  if (!(await insertSubjects(place, news))) throw overtaken;
  await updateSubjects(place, known);
  return outcomes;
}
