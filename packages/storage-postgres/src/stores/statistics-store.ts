import { publicIdToUuid } from "@tenon/core/encoding";
import type { AttemptFigures, StatisticsStore } from "@tenon/core/ports";
import { instant, text, uuid } from "../sql/parameters.js";
import { asRecords, toDate } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import type { StoreContext } from "./store-context.js";

interface FiguresRow {
  /** Null for all periods together. */
  readonly starts_at: string | null;
  readonly succeeded: number;
  readonly failed: number;
  readonly exhausted: number;
  readonly durations_ms: readonly [p50: number, p95: number] | null;
  readonly failures: AttemptFigures["failures"] | null;
}

interface AttemptsOf {
  readonly tenantId: string;
  readonly endpointUuid: string;
  readonly from: Date;
  readonly to: Date;
  readonly granularity: "hour" | "day";
}

/** Figures from the attempts themselves. */
export function createStatisticsStore({ session, tables }: StoreContext): StatisticsStore {
  return {
    readAttempts: async ({ endpointId, ...request }) => {
      const endpointUuid = publicIdToUuid("ep", endpointId);
      if (endpointUuid === undefined) return { periods: [], total: toFigures(undefined) };
      const rows = await session.records<FiguresRow>(
        "statistics.readAttempts",
        asRecords(attemptFigures(tables, { endpointUuid, ...request })),
      );
      return {
        periods: rows.flatMap((row) =>
          row.starts_at === null ? [] : [{ startsAt: toDate(row.starts_at), ...toFigures(row) }],
        ),
        total: toFigures(rows.find(({ starts_at }) => starts_at === null)),
      };
    },
  };
}

/**
 * Two passes over one index, which holds all that is asked: failures are few, and their reasons are counted apart, so
 * that the times are sorted once.
 */
export function attemptFigures(
  tables: Tables,
  { tenantId, endpointUuid, from, to, granularity }: AttemptsOf,
): Sql {
  // Plain arithmetic: `date_trunc` in a time zone costs several times as much for each row.
  const startsAt = sql`date_bin(${granularity === "hour" ? sql`interval '1 hour'` : sql`interval '1 day'`},
        a.started_at, timestamptz '2000-01-01 00:00:00+00')`;
  const looked = (condition: Sql) => sql`(
      SELECT ${startsAt} AS starts_at, a.duration_ms, a.succeeded, a.is_last, a.failure_reason
      FROM ${tables.attempts} a
      WHERE a.tenant_id = ${text(tenantId)} AND a.endpoint_id = ${uuid(endpointUuid)}
        AND a.started_at >= (SELECT from_at FROM range) AND a.started_at < (SELECT to_at FROM range) ${condition}
    )`;
  return sql`
    WITH range AS MATERIALIZED (SELECT ${instant(from)} AS from_at, ${instant(to)} AS to_at),
    figures AS (
      SELECT starts_at, count(*) FILTER (WHERE succeeded) AS succeeded, count(*) FILTER (WHERE NOT succeeded) AS failed,
        count(*) FILTER (WHERE is_last AND NOT succeeded) AS exhausted,
        percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) AS durations_ms
      FROM ${looked(sql``)} looked GROUP BY GROUPING SETS ((starts_at), ())
    ),
    reasons AS (
      SELECT starts_at, failure_reason, count(*) AS count
      FROM ${looked(sql`AND NOT a.succeeded AND a.failure_reason IS NOT NULL`)} failed
      GROUP BY GROUPING SETS ((starts_at, failure_reason), (failure_reason))
    ),
    grouped AS (
      SELECT starts_at, json_object_agg(failure_reason, count) AS failures FROM reasons GROUP BY starts_at
    )
    SELECT figures.*, grouped.failures
    FROM figures LEFT JOIN grouped ON coalesce(grouped.starts_at, '-infinity') = coalesce(figures.starts_at, '-infinity')
    ORDER BY figures.starts_at`;
}

function toFigures(row: FiguresRow | undefined): AttemptFigures {
  const durations = row?.durations_ms ?? undefined;
  return {
    succeeded: row?.succeeded ?? 0,
    failed: row?.failed ?? 0,
    exhausted: row?.exhausted ?? 0,
    failures: row?.failures ?? {},
    durationMs: durations && { p50: durations[0], p95: durations[1] },
  };
}
