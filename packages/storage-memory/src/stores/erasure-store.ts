import type { ErasedRecords, ErasureStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { scopeKey } from "../table/composite-key.js";
import { take } from "../table/take.js";
import { eraseRowsOf, type Tables } from "../tables.js";
import type { StoreContext } from "./store-context.js";

/** Where a count belongs; what isn't named here is among the others. */
const KINDS: Readonly<Partial<Record<keyof Tables, keyof ErasedRecords>>> = {
  apiKeys: "apiKeys",
  deletedEndpoints: "endpoints",
  endpoints: "endpoints",
  messages: "messages",
  deliveries: "deliveries",
  attempts: "attempts",
};

export function createErasureStore(session: Session, { clock }: StoreContext): ErasureStore {
  return {
    stop: ({ tenantId, limit, now = clock.now() }) =>
      session.write("erasure.stop", (tables) => {
        const prefix = scopeKey(tenantId);
        const live = function* () {
          for (const key of tables.apiKeys.ascend("byTenant", { prefix }))
            if (key.revokedAt === undefined) yield key;
        };
        const revoked = take(live(), limit);
        for (const key of revoked) tables.apiKeys.put(Object.freeze({ ...key, revokedAt: now }));
        const endpoints = take(tables.endpoints.ascend("byTenant", { prefix }), limit);
        for (const { id } of endpoints) {
          tables.endpoints.delete(scopeKey(tenantId, id));
          tables.deletedEndpoints.put({ tenantId, id, deletedAt: now });
        }
        return { revokedHashes: revoked.map(({ hash }) => hash), endpoints: endpoints.length };
      }),

    erase: ({ tenantId, limit }) =>
      session.write("erasure.erase", (tables) => {
        const erased = { apiKeys: 0, endpoints: 0, messages: 0, deliveries: 0, attempts: 0, others: 0 };
        let isOver = true;
        for (const [name, count] of eraseRowsOf(tables, tenantId, limit)) {
          erased[KINDS[name] ?? "others"] += count;
          isOver &&= count < limit;
        }
        return { ...erased, isOver };
      }),
  };
}
