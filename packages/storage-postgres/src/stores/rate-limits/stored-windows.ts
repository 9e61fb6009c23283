import type { LimitCounter, StoredCounter, SubjectCounters } from "@tenon/core/rate-limit";
import { type Sql, sql } from "../../sql/sql.js";

/** The column `windows`: counters by `name:windowSeconds:algorithm`. */
export type StoredWindows = Readonly<Record<string, LimitCounter & { readonly expiresAtMs: number }>>;

export function toSubjectCounters(windows: StoredWindows): SubjectCounters {
  const entries = Object.entries(windows).map(([key, { expiresAtMs, ...counter }]) => {
    const stored: StoredCounter = { counter, expiresAtMs };
    return [key, stored] as const;
  });
  return new Map(entries);
}

export function toStoredWindows(counters: SubjectCounters): StoredWindows {
  const entries = Array.from(counters, ([key, { counter, expiresAtMs }]) => [
    key,
    { expiresAtMs, ...counter },
  ]);
  return Object.fromEntries(entries) as StoredWindows;
}

/** The decision's instant in whole epoch milliseconds, as core counts. One value throughout a statement. */
export function epochMs(at: Date | undefined): Sql {
  return at === undefined
    ? sql`floor(extract(epoch FROM statement_timestamp()) * 1000)::float8`
    : sql`${sql.lit(at.getTime())}::float8`;
}
