import type { ApiKeyChanges, ApiKeyFilter, NewApiKey, SuccessorKey } from "@tenon/core/ports";
import { tellKeyChange } from "../notifications/channels.js";
import { requireUuid } from "../sql/ids.js";
import { float, instant, integer, jsonb, jsonRows, now, text, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import type { StoreContext } from "./store-context.js";

/** Everything of a key, under the table's alias `k`. */
export const KEY_COLUMNS = sql`k.tenant_id, k.id, encode(k.hash, 'hex') AS hash, k.prefix, k.environment, k.start, k.name,
  k.owner_id, k.scopes, k.limits, k.ip_allowlist, k.metadata, k.created_at, k.not_before, k.expires_at, k.disabled_at,
  k.revoked_at, k.rotated_at, k.last_used_at, k.predecessor_id, k.successor_id`;

export interface InsertRequest {
  readonly tenantId: string;
  readonly keys: readonly NewApiKey[];
  readonly maxLiveKeys?: number | undefined;
  readonly now?: Date | undefined;
}

/** Where keys are, and where their changes are told. */
type Telling = Pick<StoreContext, "tables" | "keyChannel">;

/** One key of a tenant's. */
export interface OneKey {
  readonly tenantId: string;
  readonly id: string;
}

/**
 * Makes every insertion that names a maximum wait for the others of its tenant. A statement of its own: the insertion
 * then begins with a snapshot that is newer than the lock, and counts what the others have committed.
 */
export function lockStatement(tenantId: string): Sql {
  return sql`SELECT json_build_object('locked',
    pg_advisory_xact_lock(hashtextextended('tenon.api_keys.' || ${text(tenantId)}, 0))::text)::text AS record`;
}

/**
 * Stores the keys whose hash and id are new, or none when the tenant would have too many.
 * ON CONFLICT instead of a caught error: after an SQL error the host's transaction would be lost.
 */
export function insertStatement(tables: Tables, { tenantId, keys, maxLiveKeys, now: at }: InsertRequest) {
  const fits =
    maxLiveKeys === undefined
      ? sql`true`
      : sql`(${liveCount(tables, tenantId, at)}) + ${integer(keys.length)} <= ${integer(maxLiveKeys)}`;
  return sql`
    INSERT INTO ${tables.apiKeys} AS k (tenant_id, id, hash, prefix, environment, start, name, owner_id, scopes, limits,
      ip_allowlist, metadata, created_at, not_before, expires_at)
    SELECT ${text(tenantId)}, given.id, decode(given.hash, 'hex'), given.prefix, given.environment, given.start,
      given.name, given.owner_id, given.scopes, given.limits, given.ip_allowlist, given.metadata, ${now(at)},
      given.not_before, given.expires_at
    FROM json_to_recordset(${jsonRows(keys.map(toInputRow))}) AS given(id uuid, hash text, prefix text,
      environment text, start text, name text, owner_id text, scopes jsonb, limits jsonb, ip_allowlist jsonb,
      metadata jsonb, not_before timestamptz, expires_at timestamptz)
    WHERE ${fits}
    -- In one order everywhere: two that wait for each other's hash would be a deadlock.
    ORDER BY given.hash
    ON CONFLICT DO NOTHING
    RETURNING ${KEY_COLUMNS}`;
}

/** How many keys a tenant has that are neither revoked nor expired, as `count`. */
export function liveCount(tables: Tables, tenantId: string, at: Date | undefined): Sql {
  return sql`SELECT count(*) AS count FROM ${tables.apiKeys} WHERE tenant_id = ${text(tenantId)}
    AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now(at)})`;
}

export function deleteStatement(tables: Tables, tenantId: string, ids: readonly string[]): Sql {
  return sql`DELETE FROM ${tables.apiKeys} AS k WHERE k.tenant_id = ${text(tenantId)} AND ${isOneOf(ids)}
    RETURNING k.id`;
}

/** Changes one key and returns it. */
export function changeStatement(tables: Tables, { tenantId, id }: OneKey, assignments: Sql): Sql {
  return sql`UPDATE ${tables.apiKeys} AS k SET ${assignments}
    WHERE k.tenant_id = ${text(tenantId)} AND k.id = ${uuid(id)} RETURNING ${KEY_COLUMNS}`;
}

/** The assignments of an update: none for what isn't given, and none that changes a revoked key. */
export function updateAssignments(changes: ApiKeyChanges): Sql {
  const { name, ownerId, scopes, limits, ipAllowlist, metadata, notBefore, expiresAt } = changes;
  const given: readonly (readonly [column: string, change: unknown, value: Sql])[] = [
    ["name", name, text(name)],
    ["owner_id", ownerId, text(ownerId ?? undefined)],
    ["scopes", scopes, jsonb(scopes)],
    ["limits", limits, jsonb(limits)],
    ["ip_allowlist", ipAllowlist, jsonb(ipAllowlist)],
    ["metadata", metadata, jsonb(metadata)],
    ["not_before", notBefore, instant(notBefore ?? undefined)],
    ["expires_at", expiresAt, instant(expiresAt ?? undefined)],
  ];
  const assignments = given
    .filter(([, change]) => change !== undefined)
    .map(([column, , value]) => {
      const kept = sql.id("k", column);
      return sql`${sql.id(column)} = CASE WHEN k.revoked_at IS NULL THEN ${value} ELSE ${kept} END`;
    });
  // The statement needs one assignment at least.
  return assignments.length === 0 ? sql`name = k.name` : sql.join(assignments);
}

/** Revokes keys that it has locked in one order, so that two of these never wait for each other. */
export function revokeManyStatement(
  { tables, keyChannel }: Telling,
  tenantId: string,
  chosen: { readonly ids: readonly string[] } | { readonly ownerId: string; readonly limit: number },
  at: Date | undefined,
): Sql {
  const choice =
    "ids" in chosen
      ? sql`AND ${isOneOf(chosen.ids)} ORDER BY k.id`
      : sql`AND k.owner_id = ${text(chosen.ownerId)} AND k.revoked_at IS NULL
        ORDER BY k.id LIMIT ${integer(chosen.limit)}`;
  return sql`
    WITH chosen AS MATERIALIZED (
      SELECT k.tenant_id, k.id FROM ${tables.apiKeys} AS k WHERE k.tenant_id = ${text(tenantId)} ${choice} FOR UPDATE
    ),
    changed AS (
      UPDATE ${tables.apiKeys} AS k SET revoked_at = coalesce(k.revoked_at, ${now(at)}) FROM chosen
      WHERE k.tenant_id = chosen.tenant_id AND k.id = chosen.id
      RETURNING ${KEY_COLUMNS}
    )
    SELECT row_to_json(changed)::text AS record
    FROM changed, ${tellKeyChange(keyChannel, sql`changed.hash`)}`;
}

/** Revokes keys of a tenant that aren't yet, whoever owns them. */
export function revokeTenantStatement(
  { tables, keyChannel }: Telling,
  {
    tenantId,
    limit,
    now: at,
  }: { readonly tenantId: string; readonly limit: number; readonly now?: Date | undefined },
): Sql {
  return sql`
    WITH chosen AS MATERIALIZED (
      SELECT k.tenant_id, k.id FROM ${tables.apiKeys} AS k
      WHERE k.tenant_id = ${text(tenantId)} AND k.revoked_at IS NULL
      ORDER BY k.id LIMIT ${integer(limit)} FOR UPDATE
    ),
    changed AS (
      UPDATE ${tables.apiKeys} AS k SET revoked_at = ${now(at)} FROM chosen
      WHERE k.tenant_id = chosen.tenant_id AND k.id = chosen.id
      RETURNING encode(k.hash, 'hex') AS hash
    )
    SELECT row_to_json(changed)::text AS record
    FROM changed, ${tellKeyChange(keyChannel, sql`changed.hash`)}`;
}

/** Returns the key and its successor; nothing when the key can't be rotated, because nothing was changed. */
export function rotateStatement(
  { tables, keyChannel }: Telling,
  { tenantId, id }: OneKey,
  {
    successor,
    graceSeconds,
    now: at,
  }: { readonly successor: SuccessorKey; readonly graceSeconds: number; readonly now?: Date | undefined },
): Sql {
  const successorId = uuid(requireUuid("key", successor.id));
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    -- Locked before it is judged: of several that meet here, the others see what the first has made of it.
    before AS MATERIALIZED (
      SELECT k.* FROM ${tables.apiKeys} AS k, clock
      WHERE k.tenant_id = ${text(tenantId)} AND k.id = ${uuid(id)} AND k.revoked_at IS NULL AND k.successor_id IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > clock.now)
      FOR UPDATE OF k
    ),
    rotated AS (
      UPDATE ${tables.apiKeys} AS k SET
        rotated_at = clock.now,
        successor_id = ${successorId},
        expires_at = least(k.expires_at, clock.now + make_interval(secs => ${float(graceSeconds)})),
        revoked_at = CASE WHEN ${float(graceSeconds)} = 0 THEN clock.now END
      FROM before, clock
      WHERE k.tenant_id = before.tenant_id AND k.id = before.id
      RETURNING ${KEY_COLUMNS}
    ),
    successor AS (
      INSERT INTO ${tables.apiKeys} AS k (tenant_id, id, hash, prefix, environment, start, name, owner_id, scopes,
        limits, ip_allowlist, metadata, created_at, not_before, expires_at, disabled_at, predecessor_id)
      SELECT before.tenant_id, ${successorId}, decode(${text(successor.hash)}, 'hex'), ${text(successor.prefix)},
        ${text(successor.environment)}, ${text(successor.start)}, before.name, before.owner_id, before.scopes,
        before.limits, before.ip_allowlist, before.metadata, clock.now, before.not_before, before.expires_at,
        before.disabled_at, before.id
      FROM before, clock
      RETURNING ${KEY_COLUMNS}
    )
    SELECT row_to_json(r)::text AS record
    FROM (SELECT * FROM rotated UNION ALL SELECT * FROM successor) r, ${tellKeyChange(keyChannel, sql`r.hash`)}`;
}

/** What a listing's filter asks of a key. `status` repeats core's `deriveKeyStatus`. */
export function filterConditions(filter: ApiKeyFilter, at: Date | undefined): Sql {
  const { ownerId, status, namePrefix, expiresBefore } = filter;
  const isExpired = sql`coalesce(k.expires_at <= ${now(at)}, false)`;
  const isEarly = sql`coalesce(k.not_before > ${now(at)}, false)`;
  const statusConditions = {
    revoked: sql`AND k.revoked_at IS NOT NULL`,
    disabled: sql`AND k.revoked_at IS NULL AND k.disabled_at IS NOT NULL`,
    expired: sql`AND k.revoked_at IS NULL AND k.disabled_at IS NULL AND ${isExpired}`,
    not_yet_valid: sql`AND k.revoked_at IS NULL AND k.disabled_at IS NULL AND NOT ${isExpired} AND ${isEarly}`,
    active: sql`AND k.revoked_at IS NULL AND k.disabled_at IS NULL AND NOT ${isExpired} AND NOT ${isEarly}`,
  };
  const conditions = [
    ownerId === undefined ? sql`` : sql`AND k.owner_id = ${text(ownerId)}`,
    status === undefined ? sql`` : statusConditions[status],
    namePrefix === undefined ? sql`` : sql`AND starts_with(k.name, ${text(namePrefix)})`,
    expiresBefore === undefined ? sql`` : sql`AND k.expires_at < ${instant(expiresBefore)}`,
  ];
  return sql.join(conditions, " ");
}

/** The condition for any of these keys, under the alias `k`. */
export function isOneOf(ids: readonly string[]): Sql {
  return sql`k.id IN (SELECT listed::uuid FROM jsonb_array_elements_text(${jsonb(ids)}) AS listed)`;
}

function toInputRow(key: NewApiKey): object {
  return {
    id: requireUuid("key", key.id),
    hash: key.hash,
    prefix: key.prefix,
    environment: key.environment,
    start: key.start,
    name: key.name,
    owner_id: key.ownerId,
    scopes: key.scopes,
    limits: key.limits,
    ip_allowlist: key.ipAllowlist,
    metadata: key.metadata,
    not_before: key.notBefore?.toISOString(),
    expires_at: key.expiresAt?.toISOString(),
  };
}
