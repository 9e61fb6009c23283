import { text } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";

/** The longest name PostgreSQL takes for a channel. */
const LONGEST_NAME = 63;

/**
 * The channel on which changes of keys in a schema are told. Long schema names are cut, so that two of them may share
 * one: then each hears hashes that none of its keys has, which does no harm.
 */
export function keyChannel(schema: string): string {
  return channelOf("tenon_keys", schema);
}

/** The channel on which runners are woken. Where two schemas share one, some look in vain. */
export function queueChannel(schema: string): string {
  return channelOf("tenon_queue", schema);
}

/**
 * For the FROM of a statement: tells of a changed key by its hash, once the statement's transaction commits. Not from a
 * common table expression: one that nothing reads is never run.
 */
export function tellKeyChange(channel: string, hash: Sql): Sql {
  return sql`pg_notify(${text(channel)}, ${hash})`;
}

/**
 * A statement of its own that tells whoever listens. It changes no table, and listeners hear of it after the commit: they
 * need not wait until its record is on the disk.
 */
export function tellStatement(channel: string, payload: string): Sql {
  return sql`SELECT json_build_object('told', pg_notify(${text(channel)}, ${text(payload)})::text,
    'synchronous_commit', set_config('synchronous_commit', 'off', true))::text AS record`;
}

function channelOf(subject: string, schema: string): string {
  return `${subject}_${schema}`.slice(0, LONGEST_NAME);
}
