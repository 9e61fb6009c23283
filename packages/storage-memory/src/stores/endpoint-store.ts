import type { EndpointRecord, EndpointStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import type { Tables } from "../tables.js";
import { snapshot } from "./snapshot.js";
import type { StoreContext } from "./store-context.js";

export function createEndpointStore(session: Session, { clock }: StoreContext): EndpointStore {
  return {
    insert: ({ endpoint, secret, now = clock.now() }) =>
      session.write("endpoints.insert", (tables) => {
        const record: EndpointRecord = snapshot({
          ...endpoint,
          revision: 1,
          createdAt: now,
          updatedAt: now,
          disabledAt: undefined,
          disabledReason: undefined,
        });
        tables.endpoints.put(record);
        tables.endpointSecrets.put({
          tenantId: endpoint.tenantId,
          endpointId: endpoint.id,
          id: secret.id,
          sealed: secret.sealed,
        });
        return record;
      }),

    find: ({ tenantId, endpointId }) =>
      session.read("endpoints.find", (tables) => tables.endpoints.get(scopeKey(tenantId, endpointId))),

    list: ({ tenantId, limit, cursor }) =>
      session.read("endpoints.list", (tables) => {
        const prefix = scopeKey(tenantId);
        const below = cursor === undefined ? undefined : prefix + cursor;
        return take(tables.endpoints.descend("byTenant", { prefix, below }), limit);
      }),

    listSecrets: ({ tenantId, endpointId }) =>
      session.read("endpoints.listSecrets", (tables) => signingSecrets(tables, { tenantId, endpointId })),

    disable: ({ tenantId, endpointId, reason, now = clock.now() }) =>
      session.write("endpoints.disable", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        if (endpoint === undefined || endpoint.disabledAt !== undefined) return endpoint;
        return change(tables, { ...endpoint, disabledAt: now, disabledReason: reason }, now);
      }),

    enable: ({ tenantId, endpointId, now = clock.now() }) =>
      session.write("endpoints.enable", (tables) => {
        const endpoint = tables.endpoints.get(scopeKey(tenantId, endpointId));
        if (endpoint?.disabledAt === undefined) return endpoint;
        return change(tables, { ...endpoint, disabledAt: undefined, disabledReason: undefined }, now);
      }),
  };
}

/** The secrets that sign an endpoint's deliveries, newest first. */
export function signingSecrets(
  tables: Tables,
  { tenantId, endpointId }: { readonly tenantId: string; readonly endpointId: string },
) {
  const rows = tables.endpointSecrets.descend("byEndpoint", { prefix: scopeKey(tenantId, endpointId) });
  return Array.from(rows, ({ id, sealed }) => ({ id, sealed }));
}

function change(tables: Tables, endpoint: EndpointRecord, now: Date): EndpointRecord {
  const changed = snapshot({ ...endpoint, updatedAt: now });
  tables.endpoints.put(changed);
  return changed;
}
