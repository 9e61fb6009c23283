import type { AttemptFigures, StatisticsStore } from "@tenon/core/ports";
import type { FailureReason } from "@tenon/core/webhooks";
import type { Session } from "../session.js";
import { instantKey, scopeKey } from "../table/composite-key.js";
import type { AttemptRow } from "../tables.js";

const PERIOD_MS = { hour: 3_600_000, day: 86_400_000 };

export function createStatisticsStore(session: Session): StatisticsStore {
  return {
    readAttempts: ({ tenantId, endpointId, from, to, granularity }) =>
      session.read("statistics.readAttempts", ({ attempts }) => {
        const prefix = scopeKey(tenantId, endpointId);
        const all: AttemptRow[] = [];
        const byPeriod = new Map<number, AttemptRow[]>();
        for (const row of attempts.ascend("byEndpoint", { prefix, from: prefix + instantKey(from) })) {
          if (row.startedAt >= to) break;
          const periodMs = PERIOD_MS[granularity];
          const startsAtMs = Math.floor(row.startedAt.getTime() / periodMs) * periodMs;
          const period = byPeriod.get(startsAtMs) ?? [];
          byPeriod.set(startsAtMs, period);
          period.push(row);
          all.push(row);
        }
        return {
          periods: [...byPeriod].map(([startsAtMs, rows]) => ({
            startsAt: new Date(startsAtMs),
            ...figuresOf(rows),
          })),
          total: figuresOf(all),
        };
      }),
  };
}

function figuresOf(rows: readonly AttemptRow[]): AttemptFigures {
  const failed = rows.filter(({ succeeded }) => !succeeded);
  const failures: Partial<Record<FailureReason, number>> = {};
  for (const { failureReason } of failed)
    if (failureReason !== undefined) failures[failureReason] = (failures[failureReason] ?? 0) + 1;
  const durations = rows.map(({ durationMs }) => Math.round(durationMs)).sort((one, other) => one - other);
  const [p50, p95] = [nearestRank(durations, 0.5), nearestRank(durations, 0.95)];
  return {
    succeeded: rows.length - failed.length,
    failed: failed.length,
    exhausted: failed.filter(({ isLast }) => isLast).length,
    failures,
    durationMs: p50 === undefined || p95 === undefined ? undefined : { p50, p95 },
  };
}

/** The first value that at least this share of all don't exceed. */
function nearestRank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
