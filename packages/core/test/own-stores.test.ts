import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit } from "./kit.js";

const hour = { name: "hour", limit: 1, windowSeconds: 3_600, algorithm: "sliding-window" as const };
const place = { tenantId: "acme", purpose: "oauth-state", key: "4f2a" };

test("limits are counted in the host's own store when it brings one, and nowhere else", async () => {
  const own = memoryStorage();
  const { tenon, storage, clock } = createTestKit({ limits: own.rateLimits });
  await tenon.limits.consume({ subject: "user:1", limits: [hour] });
  const charges = [{ subject: "user:1", cost: 1, limits: [hour] }];
  expect(await own.rateLimits.consume({ charges, now: clock.now() })).toMatchObject({ allowed: false });
  expect(await storage.rateLimits.consume({ charges, now: clock.now() })).toMatchObject({ allowed: true });
  clock.advance(3 * 3_600_000);
  expect(await tenon.prune()).toMatchObject({ rateLimitSubjects: 1 });
});

test("pruning removes short-lived values that are over, of the storage or of the host's own store", async () => {
  const own = memoryStorage();
  for (const [store, config] of [
    [memoryStorage(), {}],
    [own, { shortLived: own.shortLived }],
  ] as const) {
    const { tenon, clock } = createTestKit({ storage: store === own ? memoryStorage() : store, ...config });
    const entry = { ...place, value: "state", now: clock.now() };
    await store.shortLived.put({ ...entry, expiresInSeconds: 600 });
    await store.shortLived.put({ ...entry, key: "later", expiresInSeconds: 1_200 });
    expect(await tenon.prune()).toMatchObject({ shortLivedEntries: 0 });
    clock.advance(600_000);
    expect(await tenon.prune()).toMatchObject({ shortLivedEntries: 1 });
    expect(await store.shortLived.get({ ...place, key: "later", now: clock.now() })).toBe("state");
  }
});
