import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";

/** What a settlement's statement may write, and what it locks before. */
export interface SettleWay {
  /** Tables that come first. */
  readonly locks: Sql;
  /** The table of what may be written, and more conditions for the delete and the update. */
  readonly free: Sql;
  readonly mayFinish: Sql;
  readonly mayPutBack: Sql;
  /** Endpoints' states that are locked already. */
  readonly lockedStates: Sql;
  /** What is told besides of what was applied. */
  readonly results: Sql;
}

/**
 * Whether the delivery `q` that settlement `i` was found at is under the lease that it names. In a form that no index
 * answers: what is under way at one moment says nothing of how long a walk through all of it will be at another.
 */
export const isOwn = sql`q.ctid = i.at AND coalesce(q.tenant_id = i.tenant_id AND q.delivery_id = i.delivery_id
        AND q.lease_token = i.lease_token, false)`;

/** A lease this close to its end counts as over: whoever looks at the delivery meanwhile has a later clock. */
const LATE_SECONDS = 1;
/** How long a delivery stays leased whose settlement is held. Far longer than until it is repeated. */
const HELD_LEASE_SECONDS = 10;

/** Nearly everything: it pauses no endpoint, ends no failing, and its lease lives, so that nobody else has the delivery. */
export function withoutLocks(tables: Tables): SettleWay {
  // With a success that ends the failing goes all that was settled beside it: outcomes count in their order.
  const isPlain = sql`coalesce(q.lease_expires_at > (SELECT now FROM clock) + ${seconds(LATE_SECONDS)}, false)
        AND NOT (i.beside_success AND EXISTS (
          SELECT 1 FROM ${tables.endpointStates} s
          WHERE s.tenant_id = q.tenant_id AND s.endpoint_id = q.endpoint_id AND ${isFailing}
        ))`;
  return {
    locks: sql``,
    free: sql`input`,
    mayFinish: sql`${isPlain} AND NOT ${asksForPause}`,
    mayPutBack: sql`${isPlain} AND NOT ${pauses}`,
    lockedStates: sql``,
    results: sql``,
  };
}

/**
 * The rest, as far as its locks are free. A transaction of the host's can hold an endpoint's state, or a delivery whose
 * lease is over, for as long as it likes: nobody is waited for, so that the others in a batch don't wait with it, and
 * no order of locks can be a deadlock. What is held is told, and its lease prolonged.
 */
export function underLocks(tables: Tables): SettleWay {
  return {
    locks: sql`own AS MATERIALIZED (
      SELECT i.*, q.lease_expires_at <= clock.now + ${seconds(LATE_SECONDS)} AS is_late,
        s.endpoint_id IS NOT NULL AND (i.beside_success AND ${isFailing}
          OR e.deleted_at IS NULL AND ${pauses}) AS needs_state
      FROM input i CROSS JOIN clock
      JOIN ${tables.deliveryQueue} q ON ${isOwn}
      JOIN ${tables.endpoints} e ON e.tenant_id = i.tenant_id AND e.id = i.endpoint_id
      LEFT JOIN ${tables.endpointStates} s ON s.tenant_id = i.tenant_id AND s.endpoint_id = i.endpoint_id
    ),
    states AS MATERIALIZED (
      SELECT s.tenant_id, s.endpoint_id
      FROM (SELECT DISTINCT tenant_id, endpoint_id FROM own WHERE needs_state) needed
      JOIN ${tables.endpointStates} s ON s.tenant_id = needed.tenant_id AND s.endpoint_id = needed.endpoint_id
      FOR UPDATE OF s SKIP LOCKED
    ),
    late AS MATERIALIZED (
      SELECT i.ordinal FROM own i JOIN ${tables.deliveryQueue} q ON ${isOwn} WHERE i.is_late
      FOR UPDATE OF q SKIP LOCKED
    ),
    free AS MATERIALIZED (
      SELECT own.* FROM own
      LEFT JOIN states ON states.tenant_id = own.tenant_id AND states.endpoint_id = own.endpoint_id
      WHERE (NOT own.needs_state OR states.endpoint_id IS NOT NULL)
        AND (NOT own.is_late OR own.ordinal IN (SELECT ordinal FROM late))
    ),
    held AS MATERIALIZED (SELECT * FROM own WHERE ordinal NOT IN (SELECT ordinal FROM free)),
    with_leases AS (
      UPDATE ${tables.deliveryQueue} q
      SET lease_expires_at = greatest(q.lease_expires_at, clock.now + ${seconds(HELD_LEASE_SECONDS)})
      FROM held i, clock
      WHERE ${isOwn} AND (NOT i.is_late OR i.ordinal IN (SELECT ordinal FROM late))
    ),`,
    free: sql`free`,
    mayFinish: sql`true`,
    mayPutBack: sql`true`,
    lockedStates: sql`SELECT * FROM states UNION `,
    results: sql`
    UNION ALL SELECT json_build_object('ordinal', ordinal, 'result', 'held')::text FROM held`,
  };
}

/** Whether there is something to recover from, by state `s`. */
const isFailing = sql`(s.failing_since IS NOT NULL OR s.slow_since IS NOT NULL)`;

const asksForPause = sql`coalesce(i.pause_ms > 0, false)`;

/** Whether settlement `i` of a delivery of endpoint `e` keeps others of it waiting. */
const pauses = sql`(${asksForPause} OR e.fifo AND coalesce(i.delay_ms > 0, false))`;

function seconds(count: number): Sql {
  return sql`${sql.lit(count)}::float8 * interval '1 second'`;
}
