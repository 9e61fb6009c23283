import type {
  EndpointChanges,
  EndpointFilter,
  EndpointStore,
  NewEndpoint,
  SealedSecretRecord,
} from "@tenon/core/ports";
import { filtersAdmitting } from "@tenon/core/webhooks";
import { requireUuid } from "../sql/ids.js";
import { float, integer, jsonb, now, text, texts, uuid } from "../sql/parameters.js";
import { type Sql, sql } from "../sql/sql.js";
import type { Tables } from "../sql/tables.js";
import { encodeSealedHeaders, endpointColumns } from "./endpoint-rows.js";

type InsertRequest = Parameters<EndpointStore["insert"]>[0];

/** One endpoint of a tenant's. */
export interface OneEndpoint {
  readonly tenantId: string;
  readonly id: string;
}

/**
 * Makes every insertion that names a maximum wait for the others of its tenant. A statement of its own: the insertion
 * then begins with a snapshot that is newer than the lock, and counts what the others have committed.
 */
export function lockTenantStatement(tenantId: string): Sql {
  return sql`SELECT json_build_object('locked',
    pg_advisory_xact_lock(hashtextextended('tenon.endpoints.' || ${text(tenantId)}, 0))::text)::text AS record`;
}

/** Stores an endpoint with its secret and its state; nothing when the tenant has as many as it may. */
export function insertStatement(
  tables: Tables,
  { endpoint, secret, maxEndpoints, now: at }: InsertRequest,
): Sql {
  const fits =
    maxEndpoints === undefined
      ? sql`true`
      : sql`${integer(maxEndpoints)} > (
          SELECT count(*) FROM ${tables.endpoints}
          WHERE tenant_id = ${text(endpoint.tenantId)} AND deleted_at IS NULL
        )`;
  return sql`
    WITH made AS (
      INSERT INTO ${tables.endpoints} AS e (tenant_id, id, url, event_types, channels, name, description, metadata,
        while_disabled, retry_schedule, timeout_ms, sealed_headers, concurrency, fifo, rate_limit, integration_id,
        signing, public_key, created_at, updated_at)
      SELECT ${newValues(endpoint)}, clock.now, clock.now FROM (SELECT ${now(at)} AS now) clock WHERE ${fits}
      RETURNING ${endpointColumns(tables)}
    ), ${firstSecret(tables, secret)}with_state AS (
      INSERT INTO ${tables.endpointStates} (tenant_id, endpoint_id) SELECT tenant_id, id FROM made
    )
    SELECT row_to_json(made)::text AS record FROM made`;
}

function firstSecret(tables: Tables, secret: SealedSecretRecord | undefined): Sql {
  if (secret === undefined) return sql``;
  return sql`with_secret AS (
      INSERT INTO ${tables.endpointSecrets} (tenant_id, endpoint_id, id, sealed, created_at)
      SELECT tenant_id, id, ${uuid(requireUuid("sec", secret.id))}, ${text(secret.sealed)}, created_at FROM made
    ), `;
}

function newValues(endpoint: NewEndpoint): Sql {
  return sql`${text(endpoint.tenantId)}, ${uuid(requireUuid("ep", endpoint.id))}, ${text(endpoint.url)},
    ${jsonb(endpoint.eventTypes)}, ${jsonb(endpoint.channels)}, ${text(endpoint.name)}, ${text(endpoint.description)},
    ${jsonb(endpoint.metadata)}, ${text(endpoint.whileDisabled)}, ${jsonb(endpoint.retrySchedule)},
    ${integer(endpoint.timeoutMs)}::integer, ${text(encodeSealedHeaders(endpoint.sealedHeaders))},
    ${integer(endpoint.concurrency)}::integer, ${truth(endpoint.fifo)}, ${jsonb(endpoint.rateLimit)},
    ${text(endpoint.integrationId)}, ${text(endpoint.signing)}, ${text(endpoint.publicKey)}`;
}

/** The condition for one endpoint that isn't deleted. */
export function isOneEndpoint({ tenantId, id }: OneEndpoint): Sql {
  return sql`e.tenant_id = ${text(tenantId)} AND e.id = ${uuid(id)} AND e.deleted_at IS NULL`;
}

/** No key column changes, so an open transaction that has published to this endpoint is not waited for. */
export function changeStatement(tables: Tables, one: OneEndpoint, assignments: Sql): Sql {
  return sql`UPDATE ${tables.endpoints} AS e SET ${assignments} WHERE ${isOneEndpoint(one)}
    RETURNING ${endpointColumns(tables)}`;
}

/** The assignments of an update; undefined when nothing is given. */
export function updateAssignments(changes: EndpointChanges, at: Date | undefined): Sql | undefined {
  const given: readonly (readonly [column: string, change: unknown, value: Sql])[] = [
    ["url", changes.url, text(changes.url)],
    ["event_types", changes.eventTypes, jsonb(changes.eventTypes)],
    ["channels", changes.channels, jsonb(changes.channels)],
    ["name", changes.name, text(changes.name ?? undefined)],
    ["description", changes.description, text(changes.description ?? undefined)],
    ["metadata", changes.metadata, jsonb(changes.metadata)],
    ["while_disabled", changes.whileDisabled, text(changes.whileDisabled)],
    ["retry_schedule", changes.retrySchedule, jsonb(changes.retrySchedule ?? undefined)],
    ["timeout_ms", changes.timeoutMs, sql`${integer(changes.timeoutMs ?? undefined)}::integer`],
    ["sealed_headers", changes.sealedHeaders, text(encodeSealedHeaders(changes.sealedHeaders))],
    ["concurrency", changes.concurrency, sql`${integer(changes.concurrency ?? undefined)}::integer`],
    ["fifo", changes.fifo, truth(changes.fifo)],
    ["rate_limit", changes.rateLimit, jsonb(changes.rateLimit ?? undefined)],
    ["integration_id", changes.integrationId, text(changes.integrationId ?? undefined)],
  ];
  const assignments = given
    .filter(([, change]) => change !== undefined)
    .map(([column, , value]) => sql`${sql.id(column)} = ${value}`);
  if (assignments.length === 0) return undefined;
  return sql.join([...assignments, sql`revision = e.revision + 1`, sql`updated_at = ${now(at)}`]);
}

/** Ends the wait of a fifo endpoint for its head. */
export function endFifoPause(tables: Tables, { tenantId, id }: OneEndpoint): Sql {
  return sql`UPDATE ${tables.endpointStates} AS s SET paused_until = NULL, pause_reason = NULL
    WHERE s.tenant_id = ${text(tenantId)} AND s.endpoint_id = ${uuid(id)} AND s.pause_reason = 'fifo'
    RETURNING s.endpoint_id`;
}

/** Forgets what is held against an endpoint. A fifo head still keeps the others waiting. */
export function startAfresh(tables: Tables, { tenantId, id }: OneEndpoint): Sql {
  return sql`UPDATE ${tables.endpointStates} AS s SET failing_since = NULL, consecutive_failures = 0, slow_since = NULL,
      warned_at = NULL,
      paused_until = CASE WHEN s.pause_reason = 'receiver' THEN NULL ELSE s.paused_until END,
      pause_reason = CASE WHEN s.pause_reason = 'receiver' THEN NULL ELSE s.pause_reason END
    WHERE s.tenant_id = ${text(tenantId)} AND s.endpoint_id = ${uuid(id)}
    RETURNING s.endpoint_id`;
}

/** Disables an endpoint that has failed for so long, or marks it as warned of. What it did is the record's \`step\`. */
export function disableFailingStatement(
  tables: Tables,
  { tenantId, id }: OneEndpoint,
  {
    warnAfterMs,
    disableAfterMs,
    now: at,
  }: {
    readonly warnAfterMs: number;
    readonly disableAfterMs: number;
    readonly now?: Date | undefined;
  },
): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    -- The endpoint before its state, as whoever changes both does. One that a transaction is changing isn't waited for:
    -- each of its failing attempts would hold a connection meanwhile.
    enabled AS MATERIALIZED (
      SELECT e.tenant_id, e.id FROM ${tables.endpoints} e
      WHERE ${isOneEndpoint({ tenantId, id })} AND e.disabled_at IS NULL
      FOR NO KEY UPDATE OF e SKIP LOCKED
    ),
    failing AS MATERIALIZED (
      SELECT s.tenant_id, s.endpoint_id,
        s.failing_since <= clock.now - ${float(disableAfterMs)} * interval '1 millisecond' AS for_good
      FROM enabled JOIN ${tables.endpointStates} s ON s.tenant_id = enabled.tenant_id AND s.endpoint_id = enabled.id
      CROSS JOIN clock
      WHERE s.failing_since <= clock.now - ${float(warnAfterMs)} * interval '1 millisecond'
      FOR UPDATE OF s
    ),
    disabled AS (
      UPDATE ${tables.endpoints} e
      SET disabled_at = clock.now, disabled_reason = 'failing', revision = e.revision + 1, updated_at = clock.now
      FROM failing, clock
      WHERE e.tenant_id = failing.tenant_id AND e.id = failing.endpoint_id AND failing.for_good
      RETURNING 'disabled' AS step
    ),
    warned AS (
      UPDATE ${tables.endpointStates} s SET warned_at = clock.now FROM failing, clock
      WHERE s.tenant_id = failing.tenant_id AND s.endpoint_id = failing.endpoint_id AND NOT failing.for_good
        AND s.warned_at IS NULL
      RETURNING 'warned' AS step
    )
    SELECT json_build_object('step', step)::text AS record
    FROM (SELECT step FROM disabled UNION ALL SELECT step FROM warned) done`;
}

/** Adds a secret, and gives those that sign an end: those that are too many beside it, at once. */
export function replaceSecretStatement(
  tables: Tables,
  { tenantId, id }: OneEndpoint,
  {
    secret,
    overlapSeconds,
    mostSecrets,
    now: at,
  }: {
    readonly secret: SealedSecretRecord;
    readonly overlapSeconds: number;
    readonly mostSecrets?: number | undefined;
    readonly now?: Date | undefined;
  },
): Sql {
  return sql`
    WITH clock AS MATERIALIZED (SELECT ${now(at)} AS now),
    signing AS MATERIALIZED (
      SELECT k.id, row_number() OVER (ORDER BY k.expires_at IS NULL DESC, k.created_at DESC, k.id DESC) AS place
      FROM ${tables.endpointSecrets} k, clock
      WHERE k.tenant_id = ${text(tenantId)} AND k.endpoint_id = ${uuid(id)}
        AND (k.expires_at IS NULL OR k.expires_at > clock.now)
    ),
    ended AS (
      UPDATE ${tables.endpointSecrets} k
      SET expires_at = CASE WHEN signing.place >= ${integer(mostSecrets)} THEN clock.now
        ELSE least(k.expires_at, clock.now + ${float(overlapSeconds)} * interval '1 second') END
      FROM signing, clock
      WHERE k.tenant_id = ${text(tenantId)} AND k.endpoint_id = ${uuid(id)} AND k.id = signing.id
    )
    INSERT INTO ${tables.endpointSecrets} AS added (tenant_id, endpoint_id, id, sealed, created_at)
    SELECT ${text(tenantId)}, ${uuid(id)}, ${uuid(requireUuid("sec", secret.id))}, ${text(secret.sealed)}, clock.now
    FROM clock
    RETURNING json_build_object('id', added.id)::text AS record`;
}

/** What a listing's filter asks of an endpoint. */
export function filterConditions({ status, eventType, integrationId }: EndpointFilter): Sql {
  const conditions = [
    status === undefined
      ? sql``
      : status === "disabled"
        ? sql`AND e.disabled_at IS NOT NULL`
        : sql`AND e.disabled_at IS NULL`,
    eventType === undefined
      ? sql``
      : sql`AND jsonb_exists_any(e.event_types, ${texts(filtersAdmitting(eventType))})`,
    integrationId === undefined ? sql`` : sql`AND e.integration_id = ${text(integrationId)}`,
  ];
  return sql.join(conditions, " ");
}

function truth(value: boolean | undefined): Sql {
  return sql`${value === undefined ? null : String(value)}::text::boolean`;
}
