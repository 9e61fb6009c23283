import assert from "node:assert/strict";
import type { Storage } from "@tenon/core/ports";
import { after, insertEndpoint, OTHER_TENANT, publish } from "./setup/fixtures.js";
import { claim, claimOne, LEASE_MS, settle } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const LEASE_SECONDS = LEASE_MS / 1000;

export const oldestDueCases = about("the oldest due delivery", {
  async "is none where nothing is stored, or all of it is due later"(storage) {
    assert.equal(await ageAt(storage, 0), undefined);
    await insertEndpoint(storage);
    await publish(storage, { deliverAt: after(100) });
    assert.equal(await ageAt(storage, 99), undefined);
  },

  async "is told with its age, whichever tenant it belongs to, promoted or not"(storage) {
    await insertEndpoint(storage);
    await insertEndpoint(storage, { tenantId: OTHER_TENANT });
    await publish(storage, { deliverAt: after(100) });
    await publish(storage, { tenantId: OTHER_TENANT, deliverAt: after(50) });
    const expected = { dueAt: after(50), ageMs: 110_000 };
    assert.deepEqual(await storage.queue.oldestDue({ now: after(160) }), expected);
    await storage.queue.promote({ limit: 10, now: after(160) });
    assert.deepEqual(await storage.queue.oldestDue({ now: after(160) }), expected);
  },

  async "is not one under way, until its lease runs out; then it counts from when it was due"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    await claimOne(storage, { now: after(10) });
    assert.equal(await ageAt(storage, 10 + LEASE_SECONDS - 1), undefined);
    assert.equal(await ageAt(storage, 10 + LEASE_SECONDS), 40_000);
  },

  async "is not one that is final, or waits to be tried again"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    const claimed = await claimOne(storage, { now: after(1) });
    await settle(storage, claimed, { kind: "retry", delayMs: 60_000 }, after(1));
    assert.equal(await ageAt(storage, 60), undefined);
    assert.equal(await ageAt(storage, 71), 10_000);
    const again = await claimOne(storage, { now: after(71) });
    await settle(storage, again, { kind: "succeeded" }, after(71));
    assert.equal(await ageAt(storage, 500), undefined);
  },

  async "is none that a disabled, deleted or paused endpoint holds back"(storage) {
    const disabled = await insertEndpoint(storage);
    const deleted = await insertEndpoint(storage);
    const paused = await insertEndpoint(storage);
    await publish(storage);
    await storage.queue.promote({ limit: 10, now: after(0) });
    const { deliveries } = await claim(storage, { now: after(0) });
    const toPaused = deliveries.find(({ endpointId }) => endpointId === paused.id);
    assert.ok(toPaused);
    await settle(storage, toPaused, { kind: "retry", delayMs: 1_000, pauseMs: 600_000 }, after(0));
    const { tenantId } = paused;
    await storage.endpoints.disable({ tenantId, endpointId: disabled.id, reason: "manual", now: after(0) });
    await storage.endpoints.delete({ tenantId, endpointId: deleted.id, now: after(0) });
    assert.equal(await ageAt(storage, 500), undefined);
    assert.equal(await ageAt(storage, 600), 599_000);
    await storage.endpoints.enable({ tenantId, endpointId: disabled.id, now: after(600) });
    assert.equal(await ageAt(storage, 601), 601_000);
  },

  async "is found among many endpoints and messages"(storage) {
    for (let index = 0; index < 20; index++) {
      const { id: endpointId } = await insertEndpoint(storage, { eventTypes: [`type.${index}`] });
      for (let second = 1; second <= 30; second++) {
        const deliverAt = after(120 - index + second);
        await publish(storage, { at: after(second), type: `type.${index}`, endpointId, deliverAt });
      }
    }
    await storage.queue.promote({ limit: 400, now: after(1_000) });
    assert.deepEqual(await storage.queue.oldestDue({ now: after(1_000) }), {
      dueAt: after(102),
      ageMs: 898_000,
    });
  },
});

async function ageAt(storage: Storage, second: number): Promise<number | undefined> {
  return (await storage.queue.oldestDue({ now: after(second) }))?.ageMs;
}
