import type { ConsumeOutcome, ConsumeRequest, RateLimitStore } from "@tenon/core/ports";
import { counterKey, decideRateLimit, type LimitCounter, type RateLimit } from "@tenon/core/rate-limit";
import { type RawBuilder, sql } from "kysely";
import { integer, now, text } from "../sql/parameters.js";
import { chargeLimits } from "./charge-limits.js";
import type { StoreContext } from "./store-context.js";

type StoredWindows = Readonly<Record<string, LimitCounter & { readonly expiresAtMs: number }>>;

interface ConsumeRow {
  readonly now_ms: number;
  readonly windows: StoredWindows | null;
}

/** Rate limits in `rate_limits`: one row per subject, so all the limits of a call are one row lock. */
export function createRateLimitStore({ session, tables }: StoreContext): RateLimitStore {
  const read = async (subject: string, at: Date | undefined) => {
    const query = sql`
      SELECT json_build_object('now_ms', ${epochMs(at)}, 'windows',
        (SELECT windows FROM ${tables.rateLimits} WHERE subject = ${text(subject)}))::text AS record`;
    const [row] = await session.records<ConsumeRow>("rateLimits.consume", query);
    return { nowMs: row?.now_ms ?? Date.now(), windows: row?.windows ?? {} };
  };

  const charge = async ({ subject, limits, cost, now: at }: ConsumeRequest) => {
    const nowMs = epochMs(at);
    const fresh = chargeLimits({ windows: sql`'{}'::jsonb`, limits, cost, nowMs });
    const next = chargeLimits({ windows: sql`stored.windows`, limits, cost, nowMs });
    const statement = sql`
      WITH charged AS (
        INSERT INTO ${tables.rateLimits} AS stored (subject, windows, expires_at)
        SELECT ${text(subject)}, ${fresh.counters}, to_timestamp(${fresh.expiresMs} / 1000)
        WHERE ${fresh.fits}
        -- Evaluated on the locked, latest row: a value read without the lock would let too many through.
        ON CONFLICT (subject) DO UPDATE SET
          windows = ${windowsNotOver(sql`stored.windows`, nowMs)} || ${next.counters},
          expires_at = greatest(stored.expires_at, to_timestamp(${next.expiresMs} / 1000))
        WHERE ${next.fits}
        RETURNING stored.windows
      )
      SELECT json_build_object('now_ms', ${nowMs}, 'windows', (SELECT windows FROM charged))::text AS record`;
    const [row] = await session.records<ConsumeRow>("rateLimits.consume", statement);
    return { nowMs: row?.now_ms ?? Date.now(), windows: row?.windows ?? undefined };
  };

  return {
    consume: async (request) => {
      const { subject, cost, limits } = request;
      if (cost === 0) {
        const { nowMs, windows } = await read(subject, request.now);
        return uncharged(limits, windows, { nowMs, allowed: true });
      }
      const { nowMs, windows } = await charge(request);
      if (windows !== undefined) {
        const counters = limits.map((limit) => toCounter(windows[counterKey(limit)], limit));
        return { allowed: true, at: new Date(nowMs), counters };
      }
      const at = new Date(nowMs);
      return uncharged(limits, (await read(subject, at)).windows, { nowMs, allowed: false });
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

/** The decision's instant in whole epoch milliseconds, as core counts. One value throughout a statement. */
function epochMs(at: Date | undefined): RawBuilder<number> {
  return at === undefined
    ? sql`floor(extract(epoch FROM statement_timestamp()) * 1000)::float8`
    : sql`${sql.lit(at.getTime())}::float8`;
}

/** The stored windows that still matter: a subject must not grow with every limit it ever had. */
function windowsNotOver(windows: RawBuilder<unknown>, nowMs: RawBuilder<number>): RawBuilder<unknown> {
  return sql`(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(${windows})
    WHERE (value ->> 'expiresAtMs')::float8 > ${nowMs})`;
}

function uncharged(
  limits: readonly RateLimit[],
  windows: StoredWindows,
  { nowMs, allowed }: { readonly nowMs: number; readonly allowed: boolean },
): ConsumeOutcome {
  const stored = limits.map((limit) => windows[counterKey(limit)]);
  const { counters } = decideRateLimit({ limits, counters: stored.map(withoutExpiry), cost: 0, nowMs });
  return { allowed, at: new Date(nowMs), counters };
}

function toCounter(stored: StoredWindows[string] | undefined, { name }: RateLimit): LimitCounter {
  const counter = withoutExpiry(stored);
  if (counter === undefined) throw new TypeError(`the charge left no counter for the limit ${name}`);
  return counter;
}

function withoutExpiry(stored: StoredWindows[string] | undefined): LimitCounter | undefined {
  if (stored === undefined) return undefined;
  const { expiresAtMs: _, ...counter } = stored;
  return counter;
}
