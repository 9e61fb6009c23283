import { integer, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";

/** One page of what an endpoint missed. */
export interface ReplayWalk {
  readonly tenantId: string;
  readonly endpointUuid: string;
  readonly since: Date;
  readonly limit: number;
  readonly after: string | undefined;
  readonly now?: Date | undefined;
}

/** How many of the page were made pending, and where the next one begins. */
export function pageOf(limit: number, changed: Sql): Sql {
  return sql`last AS (SELECT id FROM looked ORDER BY id DESC LIMIT 1)
    SELECT json_build_object('count', (SELECT count(*) FROM ${changed}), 'cursor',
      CASE WHEN (SELECT count(*) FROM looked) >= ${integer(limit)} THEN (SELECT id FROM last) END)::text AS record`;
}

/** What comes after a UUID; without one, everything. */
export function beyond(column: Sql, after: string | undefined): Sql {
  return after === undefined ? sql`` : sql`AND ${column} > ${uuid(after)}`;
}
