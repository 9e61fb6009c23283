import { isTenonError } from "@tenon/core/errors";
import type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "@tenon/core/ports";
import { chargeSubjects, type LimitCharge } from "@tenon/core/rate-limit";
import { toStorageError } from "../connect/storage-error.js";
import { UnavailableError } from "../connect/unavailable-error.js";
import { integer, now, text } from "../sql/parameters.js";
import { sql } from "../sql/sql.js";
import { chargeAlone } from "./rate-limits/charge-alone.js";
import { chargeTogether } from "./rate-limits/charge-together.js";
import { createCoalescer } from "./rate-limits/coalesce.js";
import type { LimitJob } from "./rate-limits/decide-jobs.js";
import { readSubjects } from "./rate-limits/subject-rows.js";
import type { StoreContext } from "./store-context.js";

export interface RateLimitStoreOptions {
  /** How long a call waits for a connection, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** Whether it opens transactions, or is inside the host's own: that one is the only one, and not undone here. */
  readonly ownsTransactions: boolean;
}

/** It takes so many of the pool's connections at most: while one transaction commits, another decides. */
const MOST_TRANSACTIONS = 2;
/** Calls decided in one transaction. Beyond, a batch takes longer without costing less for each. */
const MOST_TOGETHER = 128;

/**
 * Rate limits in `rate_limits`: one row per subject, so all the limits of a subject are one row lock. A call on one
 * subject that finds nobody waiting is read, and written if it is still as read. Calls that queue up are decided together.
 */
export function createRateLimitStore(context: StoreContext, options: RateLimitStoreOptions): RateLimitStore {
  const { session, tables } = context;
  const place = { session, tables, operation: "rateLimits.consume" };
  const coalesce = createCoalescer<LimitJob, ConsumeOutcome>({
    runAlone: async (job) => {
      const decided = job.request.charges.length === 1 ? await chargeAlone(context, job) : undefined;
      if (decided !== undefined) return decided;
      const [outcome] = await chargeTogether(context, () => [job], options);
      if (outcome === undefined) throw new TypeError("a call was decided without an outcome");
      return outcome;
    },
    runTogether: (takeJobs) => chargeTogether(context, takeJobs, options),
    mostRuns: options.ownsTransactions ? MOST_TRANSACTIONS : 1,
    mostTogether: MOST_TOGETHER,
    waitLimitMs: options.acquireTimeoutMs,
    tooLate: () =>
      toStorageError(
        "rateLimits.consume",
        new UnavailableError(`no connection became free within ${options.acquireTimeoutMs} ms`),
      ),
    judge: (error) =>
      isTenonError(error) && error.code === "STORAGE_UNAVAILABLE"
        ? { isUndone: false, isRetryable: false }
        : { isUndone: true, isRetryable: isRetryable(error) },
  });

  /** How the limits stand, without taking anything. */
  async function look(charges: readonly LimitCharge[], at: Date | undefined): Promise<ConsumeOutcome> {
    const { nowMs, counters } = await readSubjects(place, charges.map(subjectOf), at);
    const peeks = charges.map((charge) => ({ ...charge, cost: 0 }));
    const seen = chargeSubjects({ charges: peeks, find: (subject) => counters.get(subject), nowMs });
    return { allowed: true, at: new Date(nowMs), counters: seen.counters };
  }

  return {
    consume: (request) =>
      request.charges.every(({ cost }) => cost === 0)
        ? look(request.charges, request.now)
        : coalesce({ kind: "consume", request }),

    refund: async (request) => {
      await coalesce({ kind: "refund", request });
    },

    reset: async ({ subject }) => {
      const removal = sql`DELETE FROM ${tables.rateLimits} WHERE subject = ${text(subject)}`;
      await session.records("rateLimits.reset", removal);
    },

    prune: async ({ limit, now: at }) => {
      const deletion = sql`
        WITH ended AS MATERIALIZED (
          SELECT subject FROM ${tables.rateLimits} WHERE expires_at <= ${now(at)}
          ORDER BY expires_at LIMIT ${integer(limit)} FOR UPDATE SKIP LOCKED
        ), gone AS (
          DELETE FROM ${tables.rateLimits} stored USING ended WHERE stored.subject = ended.subject RETURNING 1
        )
        SELECT json_build_object('count', count(*))::text AS record FROM gone`;
      const [row] = await session.records<{ readonly count: number }>("rateLimits.prune", deletion);
      return row?.count ?? 0;
    },
  };
}

function subjectOf({ subject }: ChargeRequest["charges"][number]): string {
  return subject;
}

function isRetryable(error: unknown): boolean {
  return (error as { readonly retryable?: unknown }).retryable === true;
}
