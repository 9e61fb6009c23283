import { type SubjectCounters, subjectExpiresAtMs } from "@tenon/core/rate-limit";
import type { Session } from "../../connect/session.js";
import { jsonb } from "../../sql/parameters.js";
import { type Sql, sql } from "../../sql/sql.js";
import type { Tables } from "../../sql/tables.js";
import { epochMs, type StoredWindows, toStoredWindows, toSubjectCounters } from "./stored-windows.js";

export interface SubjectRows {
  /** The instant of the reading: the given one, or the database's. */
  readonly nowMs: number;
  /** Those that exist. */
  readonly counters: ReadonlyMap<string, SubjectCounters>;
}

/** Where the statements run, and what errors call them. */
interface Place {
  readonly session: Session;
  readonly tables: Tables;
  readonly operation: string;
}

/** Reads subjects' rows as they are at the statement's beginning, without locking them. */
export function readSubjects(
  place: Place,
  subjects: readonly string[],
  at: Date | undefined,
): Promise<SubjectRows> {
  return readRows(place, findRows(place, subjects), at);
}

/**
 * Locks those of the subjects' rows that exist until the transaction ends, and reads them as they are then. Everybody
 * locks in the order of the subjects' bytes, so nobody waits in a circle.
 */
export function lockSubjects(place: Place, subjects: readonly string[]): Promise<SubjectRows> {
  const rows = sql`${findRows(place, subjects)} ORDER BY subject COLLATE "C" FOR NO KEY UPDATE`;
  return readRows(place, rows, undefined);
}

/**
 * Adds subjects, in the same order. False when others have added one in the meantime: that one isn't written then, and
 * the rest is.
 */
export async function insertSubjects(
  place: Place,
  news: ReadonlyMap<string, SubjectCounters>,
): Promise<boolean> {
  const insertion = sql`
    INSERT INTO ${place.tables.rateLimits} (subject, windows, expires_at)
    SELECT subject, ${columnsOf(sql`each.news`)} FROM changed, jsonb_each(changed.news) AS each(subject, news)
    ORDER BY subject COLLATE "C"
    -- It waits for others that are adding the same one, but never for a lock: who holds that may be waiting for us.
    ON CONFLICT DO NOTHING
    RETURNING 1`;
  return writesAll(place, news, insertion);
}

/**
 * Writes changed subjects over their rows. Without a lock it needs to know what they were, and leaves a row alone that
 * has changed since: then it answers false.
 */
export async function updateSubjects(
  place: Place,
  changes: ReadonlyMap<string, SubjectCounters>,
  were?: ReadonlyMap<string, SubjectCounters>,
): Promise<boolean> {
  // By a list of subjects, not a join: without statistics PostgreSQL would read the whole table for a join.
  const update = sql`
    UPDATE ${place.tables.rateLimits} SET (windows, expires_at) = ROW(${columnsOf(sql`(SELECT news FROM changed) -> subject`)})
    WHERE subject = ANY (ARRAY(SELECT jsonb_object_keys(news) FROM changed))
      ${were === undefined ? sql`` : sql`AND windows = ${toRows(were)} -> subject -> 'windows'`}
    RETURNING 1`;
  return writesAll(place, changes, update);
}

function findRows({ tables }: Place, subjects: readonly string[]): Sql {
  return sql`SELECT subject, windows FROM ${tables.rateLimits}
    WHERE subject = ANY (ARRAY(SELECT jsonb_array_elements_text(${jsonb(subjects)})))`;
}

async function readRows(
  { session, operation }: Place,
  rows: Sql,
  at: Date | undefined,
): Promise<SubjectRows> {
  const query = sql`
    SELECT json_build_object('now_ms', ${epochMs(at)}, 'windows', (
      SELECT json_object_agg(subject, windows) FROM (${rows}) AS found
    ))::text AS record`;
  const [row] = await session.records<{
    readonly now_ms: number;
    readonly windows: Readonly<Record<string, StoredWindows>> | null;
  }>(operation, query);
  const entries = Object.entries(row?.windows ?? {}).map(
    ([subject, windows]) => [subject, toSubjectCounters(windows)] as const,
  );
  return { nowMs: row?.now_ms ?? Date.now(), counters: new Map(entries) };
}

/** Whether a statement over what is `changed` wrote a row for each of them. */
async function writesAll(
  { session, operation }: Place,
  changes: ReadonlyMap<string, SubjectCounters>,
  statement: Sql,
): Promise<boolean> {
  if (changes.size === 0) return true;
  const counted = sql`
    WITH changed AS MATERIALIZED (SELECT ${toRows(changes)} AS news), written AS (${statement})
    SELECT json_build_object('count', count(*))::text AS record FROM written`;
  const [row] = await session.records<{ readonly count: number }>(operation, counted);
  return row?.count === changes.size;
}

/** What to store, by subject: any number of rows in one parameter. */
function toRows(counters: ReadonlyMap<string, SubjectCounters>): Sql {
  const rows = Array.from(counters, ([subject, ofSubject]) => [
    subject,
    { windows: toStoredWindows(ofSubject), expiresMs: subjectExpiresAtMs(ofSubject) },
  ]);
  return jsonb(Object.fromEntries(rows));
}

/** `windows` and `expires_at` of one of those. */
function columnsOf(row: Sql): Sql {
  return sql`${row} -> 'windows', to_timestamp((${row} ->> 'expiresMs')::float8 / 1000)`;
}
