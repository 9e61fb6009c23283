import type { ApiKeyRecord } from "@tenon/core/ports";
import { type Breakages, withStores } from "./breakage.js";

export const brokenAudit: Breakages = {
  "the audit log is written beside the transaction": {
    caughtBy: "audit log: entries vanish with the transaction they were added in, and appear with it",
    breakIt(good) {
      const written: Parameters<typeof good.audit.insert>[0]["records"][number][] = [];
      return withStores(good, ({ audit }) => ({
        audit: {
          ...audit,
          async insert(request) {
            written.push(...request.records);
            await audit.insert(request);
          },
          async list(request) {
            const found = await audit.list(request);
            const missing = written.filter(({ id }) => !found.some((record) => record.id === id));
            return [...missing.map((record) => ({ ...record, occurredAt: new Date(0) })), ...found];
          },
        },
      }));
    },
  },
  "the audit log shows every tenant's entries by actor": {
    caughtBy: "audit log: another tenant's entries aren't seen, by whatever filter or cursor",
    breakIt(good) {
      const tenants = new Set<string>();
      return withStores(good, ({ audit }) => ({
        audit: {
          ...audit,
          async insert(request) {
            for (const { tenantId } of request.records) tenants.add(tenantId);
            await audit.insert(request);
          },
          async list(request) {
            if (request.actorId === undefined) return audit.list(request);
            const found = await Promise.all(
              [...tenants].map((tenantId) => audit.list({ ...request, tenantId })),
            );
            return found.flat();
          },
        },
      }));
    },
  },
  "entries are removed an hour too early": {
    caughtBy:
      "audit log: entries of a given age are removed, oldest first, no more than asked for, and younger ones stay",
    breakIt: (good) =>
      withStores(good, ({ audit }) => ({
        audit: {
          ...audit,
          prune: (request) => audit.prune({ ...request, olderThanMs: request.olderThanMs - 3_600_000 }),
        },
      })),
  },
  "a lock gives a key as it was when it was first locked": {
    caughtBy:
      "locked records: what was read under a lock is what a change in the same transaction changes, however many meet",
    breakIt(good) {
      const first = new Map<string, ApiKeyRecord>();
      return withStores(good, ({ apiKeys }) => ({
        apiKeys: {
          ...apiKeys,
          async lock(request) {
            const found = await apiKeys.lock(request);
            for (const key of found) if (!first.has(key.id)) first.set(key.id, key);
            return found.map((key) => first.get(key.id) ?? key);
          },
        },
      }));
    },
  },
};
