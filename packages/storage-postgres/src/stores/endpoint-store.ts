import { publicIdToUuid, uuidToPublicId } from "@tenon/core/encoding";
import { StorageError, TenonError } from "@tenon/core/errors";
import type { EndpointRecord, EndpointStore } from "@tenon/core/ports";
import type { Session } from "../connect/session.js";
import { pageStart } from "../sql/ids.js";
import { integer, now, text, uuid } from "../sql/parameters.js";
import { asRecords, returnedAsRecords } from "../sql/records.js";
import { type Sql, sql } from "../sql/sql.js";
import { type EndpointRow, endpointColumns, toEndpoint } from "./endpoint-rows.js";
import {
  changeStatement,
  disableFailingStatement,
  endFifoPause,
  filterConditions,
  insertStatement,
  isOneEndpoint,
  lockTenantStatement,
  type OneEndpoint,
  replaceSecretStatement,
  startAfresh,
  updateAssignments,
} from "./endpoint-statements.js";
import type { StoreContext } from "./store-context.js";

interface SecretRow {
  readonly id: string;
  readonly sealed: string;
}

/** More than rotations with overlap ever leave signing at one time. */
const MOST_SECRETS = 16;

/** Endpoints, their sealed secrets, and the row that the claim locks. */
export function createEndpointStore({ session, tables }: StoreContext): EndpointStore {
  async function change(
    inside: Session,
    operation: string,
    one: OneEndpoint,
    assignments: Sql,
  ): Promise<EndpointRecord | undefined> {
    const update = changeStatement(tables, one, assignments);
    return optionalEndpoint(await inside.records<EndpointRow>(operation, returnedAsRecords(update)));
  }

  async function find(
    inside: Session,
    operation: string,
    one: OneEndpoint,
  ): Promise<EndpointRecord | undefined> {
    const query = sql`SELECT ${endpointColumns(tables)} FROM ${tables.endpoints} e WHERE ${isOneEndpoint(one)}`;
    return optionalEndpoint(await inside.records<EndpointRow>(operation, asRecords(query)));
  }

  return {
    insert: async (request) => {
      const operation = "endpoints.insert";
      const { endpoint, maxEndpoints } = request;
      const insertInto = (inside: Session) =>
        inside.records<EndpointRow>(operation, insertStatement(tables, request));
      const [row] =
        maxEndpoints === undefined
          ? await insertInto(session)
          : await session.transaction(operation, async (inside) => {
              await inside.records(operation, lockTenantStatement(endpoint.tenantId));
              return insertInto(inside);
            });
      if (row !== undefined) return toEndpoint(row);
      if (maxEndpoints === undefined) throw missingRow(operation);
      throw new TenonError("LIMIT_EXCEEDED", `this tenant may have ${maxEndpoints} endpoints at most`);
    },

    find: async (request) => {
      const one = oneEndpoint(request);
      return one === undefined ? undefined : find(session, "endpoints.find", one);
    },

    lock: async (request) => {
      const one = oneEndpoint(request);
      if (one === undefined) return undefined;
      // The lock of an update: an open transaction that has published to this endpoint is not waited for.
      const query = sql`SELECT ${endpointColumns(tables)} FROM ${tables.endpoints} e WHERE ${isOneEndpoint(one)}
        FOR NO KEY UPDATE OF e`;
      return optionalEndpoint(await session.records<EndpointRow>("endpoints.lock", asRecords(query)));
    },

    list: async ({ tenantId, limit, cursor, ...filter }) => {
      const start = pageStart("ep", cursor);
      if (start === undefined) return [];
      const older = start.before === undefined ? sql`` : sql`AND e.id < ${uuid(start.before)}`;
      const query = sql`SELECT ${endpointColumns(tables)} FROM ${tables.endpoints} e
        WHERE e.tenant_id = ${text(tenantId)} AND e.deleted_at IS NULL ${older} ${filterConditions(filter)}
        ORDER BY e.id DESC LIMIT ${integer(limit)}`;
      return (await session.records<EndpointRow>("endpoints.list", asRecords(query))).map(toEndpoint);
    },

    update: async ({ changes, now: at, ...request }) => {
      const operation = "endpoints.update";
      const one = oneEndpoint(request);
      if (one === undefined) return undefined;
      const assignments = updateAssignments(changes, at);
      if (assignments === undefined) return find(session, operation, one);
      if (changes.fifo !== false) return change(session, operation, one, assignments);
      return session.transaction(operation, async (inside) => {
        const changed = await change(inside, operation, one, assignments);
        if (changed !== undefined)
          await inside.records(operation, returnedAsRecords(endFifoPause(tables, one)));
        return changed;
      });
    },

    delete: async ({ now: at, ...request }) => {
      const one = oneEndpoint(request);
      if (one === undefined) return false;
      const assignments = sql`deleted_at = ${now(at)}, updated_at = ${now(at)}, revision = e.revision + 1`;
      return (await change(session, "endpoints.delete", one, assignments)) !== undefined;
    },

    listSecrets: async ({ tenantId, endpointId, now: at }) => {
      const id = publicIdToUuid("ep", endpointId);
      if (id === undefined) return [];
      const query = sql`
        SELECT s.id, s.sealed FROM ${tables.endpointSecrets} s
        JOIN ${tables.endpoints} e ON e.tenant_id = s.tenant_id AND e.id = s.endpoint_id AND e.deleted_at IS NULL
        WHERE s.tenant_id = ${text(tenantId)} AND s.endpoint_id = ${uuid(id)}
          AND (s.expires_at IS NULL OR s.expires_at > ${now(at)})
        ORDER BY s.expires_at IS NULL DESC, s.created_at DESC, s.id DESC LIMIT ${integer(MOST_SECRETS)}`;
      const rows = await session.records<SecretRow>("endpoints.listSecrets", asRecords(query));
      return rows.map((row) => ({ id: uuidToPublicId("sec", row.id), sealed: row.sealed }));
    },

    rotateSecret: async ({ publicKey, now: at, secret, overlapSeconds, mostSecrets, ...request }) => {
      const operation = "endpoints.rotateSecret";
      const one = oneEndpoint(request);
      if (one === undefined) return undefined;
      return session.transaction(operation, async (inside) => {
        // Locks the endpoint: the second statement's snapshot then has the secrets of rotations that came before.
        const assignments = sql`revision = e.revision + 1, updated_at = ${now(at)},
          public_key = coalesce(${text(publicKey)}, e.public_key)`;
        const changed = await change(inside, operation, one, assignments);
        if (changed === undefined) return undefined;
        const replacement = { secret, overlapSeconds, mostSecrets, now: at };
        await inside.records(operation, replaceSecretStatement(tables, one, replacement));
        return changed;
      });
    },

    disable: async ({ reason, now: at, ...request }) => {
      const one = oneEndpoint(request);
      if (one === undefined) return undefined;
      const assignments = sql`
        disabled_at = coalesce(e.disabled_at, ${now(at)}),
        disabled_reason = CASE WHEN e.disabled_at IS NULL THEN ${text(reason)} ELSE e.disabled_reason END,
        revision = CASE WHEN e.disabled_at IS NULL THEN e.revision + 1 ELSE e.revision END,
        updated_at = CASE WHEN e.disabled_at IS NULL THEN ${now(at)} ELSE e.updated_at END`;
      return change(session, "endpoints.disable", one, assignments);
    },

    disableFailing: async ({ tenantId, endpointId, ...request }) => {
      const one = oneEndpoint({ tenantId, endpointId });
      if (one === undefined) return undefined;
      const [done] = await session.records<{ readonly step: "disabled" | "warned" }>(
        "endpoints.disableFailing",
        disableFailingStatement(tables, one, request),
      );
      return done?.step;
    },

    enable: async ({ now: at, ...request }) => {
      const operation = "endpoints.enable";
      const one = oneEndpoint(request);
      if (one === undefined) return undefined;
      return session.transaction(operation, async (inside) => {
        const assignments = sql`disabled_at = NULL, disabled_reason = NULL, revision = e.revision + 1,
          updated_at = ${now(at)}`;
        const isOff = sql`${isOneEndpoint(one)} AND e.disabled_at IS NOT NULL`;
        const enable = sql`UPDATE ${tables.endpoints} AS e SET ${assignments} WHERE ${isOff} RETURNING e.id`;
        const enabled = await inside.records(operation, returnedAsRecords(enable));
        if (enabled.length > 0) await inside.records(operation, returnedAsRecords(startAfresh(tables, one)));
        return find(inside, operation, one);
      });
    },
  };
}

/** Undefined when the id isn't an endpoint's. */
function oneEndpoint({
  tenantId,
  endpointId,
}: {
  readonly tenantId: string;
  readonly endpointId: string;
}): OneEndpoint | undefined {
  const id = publicIdToUuid("ep", endpointId);
  return id === undefined ? undefined : { tenantId, id };
}

function optionalEndpoint([row]: readonly EndpointRow[]): EndpointRecord | undefined {
  return row === undefined ? undefined : toEndpoint(row);
}

function missingRow(operation: string): StorageError {
  return new StorageError("STORAGE_FAILED", `${operation} failed: the database returned no row`, {
    operation,
    retryable: false,
  });
}
