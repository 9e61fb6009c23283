import { counterKey, type LimitCharge, type LimitCounter } from "@tenon/core/rate-limit";
import { type RawBuilder, sql } from "kysely";
import { text } from "../../sql/parameters.js";
import type { StoreContext } from "../store-context.js";
import { chargeLimits } from "./charge-limits.js";
import { epochMs, type StoredWindows, toSubjectCounters } from "./stored-windows.js";

/** Charges one subject in one statement. `counters` is undefined when a limit refused. */
export async function chargeOne(
  { session, tables }: StoreContext,
  { subject, limits, cost, at }: LimitCharge & { readonly at: Date | undefined },
): Promise<{ readonly nowMs: number; readonly counters: readonly LimitCounter[] | undefined }> {
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
  const [row] = await session.records<{ readonly now_ms: number; readonly windows: StoredWindows | null }>(
    "rateLimits.consume",
    statement,
  );
  const stored = row?.windows ? toSubjectCounters(row.windows) : undefined;
  const counters = stored && limits.flatMap((limit) => stored.get(counterKey(limit))?.counter ?? []);
  return { nowMs: row?.now_ms ?? Date.now(), counters };
}

/** The stored windows that still matter: a subject must not grow with every limit it ever had. */
function windowsNotOver(windows: RawBuilder<unknown>, nowMs: RawBuilder<number>): RawBuilder<unknown> {
  return sql`(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(${windows})
    WHERE (value ->> 'expiresAtMs')::float8 > ${nowMs})`;
}
