import { TenonError } from "@tenon/core/errors";
import type { EndpointFilter, EndpointRecord, EndpointStore } from "@tenon/core/ports";
import { matchesEventType } from "@tenon/core/webhooks";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { EndpointRow, Tables } from "../tables.js";
import { startAfresh, withHealth } from "./endpoint-health.js";
import { replaceSecret, signingSecrets } from "./signing-secrets.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createEndpointStore(session: Session, { clock }: StoreContext): EndpointStore {
  return {
    insert: ({ endpoint, secret, maxEndpoints, now = clock.now() }) =>
      session.write("endpoints.insert", (tables) => {
        const { tenantId, id: endpointId } = endpoint;
        refuseBeyond(tables, tenantId, maxEndpoints);
        const record: EndpointRow = snapshot({
          ...endpoint,
          revision: 1,
          createdAt: now,
          updatedAt: now,
          disabledAt: undefined,
          disabledReason: undefined,
        });
        tables.endpoints.put(record);
        if (secret !== undefined) {
          replaceSecret(tables, { tenantId, endpointId, secret, overlapSeconds: 0 }, now);
        }
        return withHealth(tables, record);
      }),

    find: ({ tenantId, endpointId }) =>
      session.read("endpoints.find", (tables) => find(tables, { tenantId, endpointId })),

    // In a transaction no other writer has a turn.
    lock: ({ tenantId, endpointId }) =>
      session.read("endpoints.lock", (tables) => find(tables, { tenantId, endpointId })),

    list: ({ tenantId, limit, cursor, ...filter }) =>
      session.read("endpoints.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        const endpoints = tables.endpoints.descend("byTenant", { prefix, below });
        return take(passing(endpoints, filter), limit).map((endpoint) => withHealth(tables, endpoint));
      }),

    update: ({ tenantId, endpointId, changes, now = clock.now() }) =>
      session.write("endpoints.update", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        const given = Object.entries(changes).filter(([, value]) => value !== undefined);
        if (endpoint === undefined) return undefined;
        if (given.length === 0) return withHealth(tables, endpoint);
        if (changes.fifo === false) endFifoPause(tables, endpoint);
        const fields = Object.fromEntries(given.map(([field, value]) => [field, value ?? undefined]));
        return change(tables, { ...endpoint, ...fields }, now);
      }),

    delete: ({ tenantId, endpointId, now = clock.now() }) =>
      session.write("endpoints.delete", (tables) => {
        const key = scopeKey(tenantId, endpointId);
        if (tables.endpoints.get(key) === undefined) return false;
        tables.endpoints.delete(key);
        tables.deletedEndpoints.put({ tenantId, id: endpointId, deletedAt: now });
        return true;
      }),

    listSecrets: ({ tenantId, endpointId, now = clock.now() }) =>
      session.read("endpoints.listSecrets", (tables) =>
        tables.endpoints.get(scopeKey(tenantId, endpointId)) === undefined
          ? []
          : signingSecrets(tables, { tenantId, endpointId }, now),
      ),

    rotateSecret: ({ publicKey, now = clock.now(), ...rotation }) =>
      session.write("endpoints.rotateSecret", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(rotation.tenantId, rotation.endpointId));
        if (endpoint === undefined) return undefined;
        replaceSecret(tables, rotation, now);
        return change(tables, { ...endpoint, publicKey: publicKey ?? endpoint.publicKey }, now);
      }),

    disable: ({ tenantId, endpointId, reason, now = clock.now() }) =>
      session.write("endpoints.disable", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        if (endpoint === undefined || endpoint.disabledAt !== undefined) {
          return find(tables, { tenantId, endpointId });
        }
        return change(tables, { ...endpoint, disabledAt: now, disabledReason: reason }, now);
      }),

    disableFailing: ({ tenantId, endpointId, warnAfterMs, disableAfterMs, now = clock.now() }) =>
      session.write("endpoints.disableFailing", (tables) => {
        const key = scopeKey(tenantId, endpointId);
        const [endpoint, state] = [tables.endpoints.get(key), tables.endpointStates.get(key)];
        if (endpoint === undefined || endpoint.disabledAt !== undefined) return undefined;
        if (state?.failingSince === undefined) return undefined;
        const failingMs = now.getTime() - state.failingSince.getTime();
        if (failingMs >= disableAfterMs) {
          change(tables, { ...endpoint, disabledAt: now, disabledReason: "failing" }, now);
          return "disabled";
        }
        if (failingMs < warnAfterMs || state.warnedAt !== undefined) return undefined;
        tables.endpointStates.put({ ...state, warnedAt: now });
        return "warned";
      }),

    enable: ({ tenantId, endpointId, now = clock.now() }) =>
      session.write("endpoints.enable", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        if (endpoint?.disabledAt === undefined) return find(tables, { tenantId, endpointId });
        startAfresh(tables, endpoint);
        return change(tables, { ...endpoint, disabledAt: undefined, disabledReason: undefined }, now);
      }),
  };
}

function refuseBeyond(tables: Tables, tenantId: string, maxEndpoints: number | undefined): void {
  if (maxEndpoints === undefined) return;
  const endpoints = tables.endpoints.ascend("byTenant", { prefix: scopeKey(tenantId) });
  if (take(endpoints, maxEndpoints).length >= maxEndpoints) {
    throw new TenonError("LIMIT_EXCEEDED", `this tenant may have ${maxEndpoints} endpoints at most`);
  }
}

function find(
  tables: Tables,
  { tenantId, endpointId }: { readonly tenantId: string; readonly endpointId: string },
): EndpointRecord | undefined {
  const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
  return endpoint === undefined ? undefined : withHealth(tables, endpoint);
}

function* passing(
  endpoints: Iterable<EndpointRow>,
  { status, eventType, integrationId }: EndpointFilter,
): Generator<EndpointRow> {
  for (const endpoint of endpoints) {
    const isDisabled = endpoint.disabledAt !== undefined;
    if (status !== undefined && isDisabled !== (status === "disabled")) continue;
    if (integrationId !== undefined && endpoint.integrationId !== integrationId) continue;
    if (eventType === undefined || matchesEventType(endpoint.eventTypes, eventType)) yield endpoint;
  }
}

function endFifoPause(tables: Tables, { tenantId, id }: EndpointRow): void {
  const state = tables.endpointStates.get(scopeKey(tenantId, id));
  if (state?.pauseReason !== "fifo") return;
  tables.endpointStates.put({ ...state, pausedUntil: undefined, pauseReason: undefined });
}

function change(tables: Tables, endpoint: EndpointRow, now: Date): EndpointRecord {
  const changed = snapshot({ ...endpoint, revision: endpoint.revision + 1, updatedAt: now });
  tables.endpoints.put(changed);
  return withHealth(tables, changed);
}
