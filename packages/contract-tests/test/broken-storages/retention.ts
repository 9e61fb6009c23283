import { type Breakages, withStores } from "./breakage.js";

export const brokenRetention: Breakages = {
  "retention counts from the publish": {
    caughtBy:
      "retention: a message goes with its deliveries and attempts once its last delivery ended long enough ago, not before",
    breakIt: (good) =>
      withStores(good, ({ retention }) => ({
        retention: {
          ...retention,
          pruneMessages: (request) =>
            retention.pruneMessages({ ...request, retentionMs: request.retentionMs * 0.9 }),
        },
      })),
  },
  "what waits is pruned with the rest": {
    caughtBy:
      "retention: what waits, is held, scheduled, under way or revived keeps its message whole, however old",
    breakIt: (good) =>
      withStores(good, ({ retention, replays, deliveries }) => ({
        retention: {
          ...retention,
          async pruneMessages(request) {
            const { tenantId, now = new Date() } = request;
            const long = new Date(now.getTime() - request.retentionMs);
            for (const { id: deliveryId } of await deliveries.list({ tenantId, limit: 1_000, now }))
              await replays.discard({ tenantId, deliveryId, now: long });
            return retention.pruneMessages(request);
          },
        },
      })),
  },
  "a step of pruning is as long as it likes": {
    caughtBy: "retention: each step looks at no more than its limit, and the steps together miss nothing",
    breakIt: (good) =>
      withStores(good, ({ retention }) => ({
        retention: {
          ...retention,
          pruneMessages: (request) => retention.pruneMessages({ ...request, limit: 1_000 }),
        },
      })),
  },
  "erasing a tenant leaves its audit log": {
    caughtBy:
      "erasing a tenant: nothing of it is left, whatever its state, and of another tenant nothing is touched",
    breakIt: (good) =>
      withStores(good, ({ erasure, audit }) => ({
        erasure: {
          ...erasure,
          async erase(request) {
            const { tenantId } = request;
            const records = await audit.list({ tenantId, limit: 1_000 });
            const erased = await erasure.erase(request);
            await audit.insert({ records });
            return erased;
          },
        },
      })),
  },
  "a tenant that is stopped keeps its endpoints": {
    caughtBy:
      "erasing a tenant: stopping revokes its keys and deletes its endpoints, so that nothing more is claimed, and tells which",
    breakIt: (good) =>
      withStores(good, ({ erasure, apiKeys }) => ({
        erasure: {
          ...erasure,
          async stop({ tenantId, limit, now = new Date() }) {
            const keys = await apiKeys.list({ tenantId, limit });
            const live = keys.filter(({ revokedAt }) => revokedAt === undefined);
            for (const { id: keyId } of live) await apiKeys.revoke({ tenantId, keyId, now });
            return { revokedHashes: live.map(({ hash }) => hash), endpoints: 0 };
          },
        },
      })),
  },
};
