import assert from "node:assert/strict";
import { race } from "../arrival-gate.js";
import { after, insertEndpoint, newMessage, publish } from "./setup/fixtures.js";
import { claim, claimAll, claimOne, LEASE_MS } from "./setup/queue-steps.js";
import { about } from "./setup/storage-case.js";

const LEASE_SECONDS = LEASE_MS / 1000;

export const promoteCases = about("promotion", {
  async "eight runners promote an expired lease at once: one gets the delivery"(storage) {
    await insertEndpoint(storage);
    await publish(storage);
    await claimOne(storage, { now: after(0) });
    const shares = await race(8, () => claimAll(storage, { now: after(LEASE_SECONDS + 1) }));
    assert.equal(
      [...shares.flat(), ...(await claimAll(storage, { now: after(LEASE_SECONDS + 1) }))].length,
      1,
    );
  },

  async "asked for leases that ran out lately, a promotion leaves those alone that ran out before"(storage) {
    await insertEndpoint(storage);
    for (const leaseSeconds of [10, 20, 30]) {
      await publish(storage, { deliverAt: after(0) });
      await claimOne(storage, { leaseMs: leaseSeconds * 1000, now: after(1) });
    }
    const promote = (options: { readonly leasesEndedWithinMs?: number }) =>
      storage.queue.promote({ limit: 10, now: after(26), ...options });
    assert.equal((await promote({ leasesEndedWithinMs: 4_999 })).promotedCount, 0);
    assert.equal((await promote({ leasesEndedWithinMs: 5_000 })).promotedCount, 1);
    assert.equal((await promote({})).promotedCount, 1);
    assert.equal((await promote({})).promotedCount, 0);
  },

  async "promoting makes at most as many ready as asked, and tells when the next one is due"(storage) {
    await insertEndpoint(storage);
    for (const second of [100, 200, 300, 900]) await publish(storage, { deliverAt: after(second) });
    assert.deepEqual(await storage.queue.promote({ limit: 10, now: after(99) }), {
      promotedCount: 0,
      nextDueAt: after(100),
    });
    assert.equal((await storage.queue.promote({ limit: 2, now: after(400) })).promotedCount, 2);
    const leased = await claim(storage, { leaseMs: 3_600_000, now: after(400) });
    assert.equal(leased.deliveries.length, 2);
    assert.deepEqual(await storage.queue.promote({ limit: 10, now: after(400) }), {
      promotedCount: 1,
      nextDueAt: after(900),
    });
    assert.deepEqual(await storage.queue.promote({ limit: 10, now: after(900) }), {
      promotedCount: 1,
      nextDueAt: undefined,
    });
  },

  async "eight runners promote at once: each waiting delivery is promoted once"(storage) {
    await insertEndpoint(storage);
    const messages = Array.from({ length: 20 }, () => newMessage({ deliverAt: after(100) }));
    await storage.messages.publish({ messages, now: after(0) });
    const outcomes = await race(8, () => storage.queue.promote({ limit: 5, now: after(100) }));
    const rest = await storage.queue.promote({ limit: 100, now: after(100) });
    const promoted = [...outcomes, rest].reduce((sum, { promotedCount }) => sum + promotedCount, 0);
    assert.equal(promoted, 20);
    assert.equal((await claimAll(storage, { now: after(100) })).length, 20);
  },

  async "an empty queue gives nothing to promote and nothing to claim"(storage) {
    const promoted = await storage.queue.promote({ limit: 10, now: after(0) });
    assert.deepEqual(promoted, { promotedCount: 0, nextDueAt: undefined });
    assert.deepEqual((await claim(storage, { now: after(0) })).deliveries, []);
  },
});
