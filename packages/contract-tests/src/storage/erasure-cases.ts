import assert from "node:assert/strict";
import type { ErasedRecords, NewAuditRecord, Storage } from "@tenon/core/ports";
import { after, insertEndpoint, insertKey, newId, OTHER_TENANT, publish, TENANT } from "./setup/fixtures.js";
import { claimAll, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

export const erasureCases = about("erasing a tenant", {
  async "stopping revokes its keys and deletes its endpoints, so that nothing more is claimed, and tells which"(
    storage,
  ) {
    const filled = await fillTenant(storage, TENANT);
    const other = await fillTenant(storage, OTHER_TENANT);
    const stopped = await storage.erasure.stop({ tenantId: TENANT, limit: 9, now: after(50) });
    assert.deepEqual(stopped.revokedHashes, [filled.key.hash]);
    assert.equal(stopped.endpoints, 2);
    const key = await storage.apiKeys.findByHash({ hash: filled.key.hash });
    assert.deepEqual(key?.revokedAt, after(50));
    assert.deepEqual(await storage.endpoints.list({ tenantId: TENANT, limit: 9 }), []);
    const claimed = await claimAll(storage, { now: after(900) });
    assert.deepEqual(new Set(claimed.map(({ tenantId }) => tenantId)), new Set([OTHER_TENANT]));
    assert.equal((await storage.apiKeys.findByHash({ hash: other.key.hash }))?.revokedAt, undefined);
    assert.deepEqual(await storage.erasure.stop({ tenantId: TENANT, limit: 9, now: after(51) }), {
      revokedHashes: [],
      endpoints: 0,
    });
  },

  async "stopping and erasing go in steps of at most the limit"(storage) {
    for (let count = 0; count < 5; count++) {
      await insertKey(storage);
      await insertEndpoint(storage);
      await publish(storage);
    }
    const stop = () => storage.erasure.stop({ tenantId: TENANT, limit: 2, now: after(1) });
    const sizes = [];
    for (let step = 0; step < 4; step++) {
      const { revokedHashes, endpoints } = await stop();
      sizes.push([revokedHashes.length, endpoints]);
    }
    assert.deepEqual(sizes, [
      [2, 2],
      [2, 2],
      [1, 1],
      [0, 0],
    ]);
    const steps = await eraseInSteps(storage, 2);
    assert.ok(steps.length > 2);
    assert.ok(
      steps.every(({ messages, deliveries, apiKeys }) => Math.max(messages, deliveries, apiKeys) <= 2),
    );
    assert.equal(
      steps.reduce((sum, { deliveries }) => sum + deliveries, 0),
      15,
    );
  },

  async "nothing of it is left, whatever its state, and of another tenant nothing is touched"(storage) {
    const filled = await fillTenant(storage, TENANT);
    const other = await fillTenant(storage, OTHER_TENANT);
    const before = await readAll(storage, OTHER_TENANT, other);
    await storage.erasure.stop({ tenantId: TENANT, limit: 100, now: after(50) });
    const [erased, ...rest] = await eraseInSteps(storage, 100);
    assert.ok(erased);
    const { apiKeys, endpoints, messages, deliveries, attempts, others } = erased;
    assert.deepEqual([apiKeys, endpoints, messages, deliveries, attempts], [1, 2, 4, 8, 6]);
    assert.ok(others > 0);
    assert.deepEqual(rest, []);
    const nothing = await readAll(storage, TENANT, filled);
    for (const [name, left] of Object.entries(nothing)) assert.deepEqual(left, [], name);
    assert.equal(await storage.apiKeys.findByHash({ hash: filled.key.hash }), undefined);
    assert.deepEqual(await readAll(storage, OTHER_TENANT, other), before);
  },

  async "an attempt under way while its tenant was erased settles nothing"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const [claimed] = await claimAll(storage, { now: after(0) });
    assert.ok(claimed);
    await storage.erasure.stop({ tenantId: TENANT, limit: 9, now: after(1) });
    await eraseInSteps(storage, 9);
    assert.equal(await settle(storage, claimed, { kind: "succeeded" }, after(2)), false);
    const again = await storage.erasure.erase({ tenantId: TENANT, limit: 9 });
    assert.deepEqual(again, {
      ...{ apiKeys: 0, endpoints: 0, messages: 0, deliveries: 0, attempts: 0, others: 0 },
      isOver: true,
    });
  },

  async "a tenant that never was is erased at once"(storage) {
    assert.deepEqual(await storage.erasure.stop({ tenantId: "nobody", limit: 9 }), {
      revokedHashes: [],
      endpoints: 0,
    });
    assert.equal((await storage.erasure.erase({ tenantId: "nobody", limit: 9 })).isOver, true);
  },
});

type Filled = Awaited<ReturnType<typeof fillTenant>>;

/** Records of every kind: final, waiting, leased, scheduled; an endpoint that is enabled, another that was deleted. */
async function fillTenant(storage: Storage, tenantId: string) {
  const key = await insertKey(storage, { tenantId, ownerId: "user-7" });
  const hour = after(0);
  await storage.keyUsage.record({
    counts: [{ tenantId, keyId: key.id, hour, outcome: "accepted", count: 3 }],
    lastUses: [],
  });
  const endpoint = await insertEndpoint(storage, { tenantId });
  const deleted = await insertEndpoint(storage, { tenantId });
  const secret = { id: newId("sec"), sealed: "newer" };
  const rotation = { tenantId, endpointId: endpoint.id, secret, overlapSeconds: 900, now: after(0) };
  await storage.endpoints.rotateSecret(rotation);
  for (let second = 1; second <= 3; second++)
    await publish(storage, {
      tenantId,
      at: after(second),
      idempotencyKey: `k${second}`,
      requestHash: "00".repeat(32),
    });
  await publish(storage, { tenantId, at: after(4), deliverAt: after(800) });
  const claimed = (await claimAll(storage, { now: after(10) })).filter((one) => one.tenantId === tenantId);
  const outcomes = [
    { kind: "succeeded" },
    { kind: "exhausted", failureReason: "tls" },
    { kind: "retry", delayMs: 1_000 },
    { kind: "succeeded" },
    { kind: "retry", delayMs: 500_000, pauseMs: 1_000 },
    { kind: "exhausted", failureReason: "timeout" },
  ] as const;
  for (const [index, outcome] of outcomes.entries()) {
    const one = claimed[index];
    assert.ok(one);
    await settle(storage, one, outcome, after(11));
  }
  await storage.shortLived.put({
    ...{ tenantId, purpose: "replies", key: "k", value: "v" },
    expiresInSeconds: 900,
    now: after(0),
  });
  const audit: NewAuditRecord = {
    tenantId,
    id: newId("aud"),
    action: "api_key.created",
    status: "success",
    actorId: "host",
    ...{ actorKind: undefined, ip: undefined, userAgent: undefined, correlationId: undefined },
    ...{ target: undefined, changes: {}, message: undefined, metadata: {} },
  };
  await storage.audit.insert({ records: [audit], now: after(0) });
  return { key, endpoint, deleted, deliveryId: claimed[1]?.deliveryId ?? "" };
}

async function readAll(storage: Storage, tenantId: string, { key, endpoint, deliveryId }: Filled) {
  const request = { tenantId, limit: 50, now: after(20) };
  const period = { from: after(-3600), to: after(3600), granularity: "hour" } as const;
  const tenants = await storage.retention.listTenants({ limit: 50 });
  const value = await storage.shortLived.get({ ...request, purpose: "replies", key: "k" });
  return {
    keys: await storage.apiKeys.list(request),
    usage: await storage.keyUsage.read({ tenantId, keyId: key.id, ...period }),
    endpoints: await storage.endpoints.list(request),
    secrets: await storage.endpoints.listSecrets({ ...request, endpointId: endpoint.id }),
    messages: await storage.messages.list(request),
    deliveries: await storage.deliveries.list(request),
    attempts: await storage.deliveries.listAttempts({ ...request, deliveryId }),
    values: [value].filter((one) => one !== undefined),
    audit: await storage.audit.list({ tenantId, limit: 50 }),
    tenants: tenants.filter((one) => one.tenantId === tenantId),
  };
}

async function eraseInSteps(storage: Storage, limit: number): Promise<readonly ErasedRecords[]> {
  const steps: ErasedRecords[] = [];
  for (;;) {
    assert.ok(steps.length < 100, "the steps come to an end");
    const { isOver, ...erased } = await storage.erasure.erase({ tenantId: TENANT, limit });
    steps.push(erased);
    if (isOver) return steps;
  }
}
