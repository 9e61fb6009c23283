import assert from "node:assert/strict";
import type { LimitCharge, RateLimitAlgorithm } from "@tenon/core/rate-limit";
import { race } from "../arrival-gate.js";
import { consume, left, newCharge, type RateLimits } from "./setup/charges.js";
import { after, newLimit } from "./setup/fixtures.js";
import { about } from "./setup/storage-case.js";

const ALGORITHMS: readonly RateLimitAlgorithm[] = ["sliding-window", "gcra", "fixed-window"];

export const limitRefundCases = about<RateLimits>("rate limit refunds and resets", {
  async "a refund gives back to every limit named, never below zero"(storage) {
    for (const algorithm of ALGORITHMS) {
      const [key, tenant] = [
        newCharge(`key-${algorithm}`, { limit: 5, algorithm }, 3),
        newCharge("tenant", { limit: 9 }),
      ];
      await consume(storage, [key, tenant]);
      await refund(storage, [{ ...key, cost: 2 }]);
      assert.deepEqual(await left(storage, [key, tenant]), [4, 8], algorithm);
      await refund(storage, [
        { ...key, cost: 50 },
        { ...tenant, cost: 50 },
      ]);
      assert.deepEqual(await left(storage, [key, tenant]), [5, 9], algorithm);
      assert.equal((await consume(storage, [{ ...key, cost: 6 }])).allowed, false, algorithm);
    }
  },

  async "a sliding window gives back what was taken in the window before"(storage) {
    const hour = newCharge("key", { limit: 4 }, 4);
    await consume(storage, [hour], after(3599));
    assert.equal((await consume(storage, [{ ...hour, cost: 1 }], after(3601))).allowed, false);
    await refund(storage, [hour], after(3601));
    assert.equal((await consume(storage, [hour], after(3601))).allowed, true);
  },

  async "a refund leaves limits alone that it doesn't name, and makes nothing"(storage) {
    const [hour, day] = [newLimit({ limit: 5 }), newLimit({ name: "day", limit: 5, windowSeconds: 86_400 })];
    await consume(storage, [{ subject: "key", cost: 2, limits: [hour, day] }]);
    await refund(storage, [
      { subject: "key", cost: 2, limits: [hour] },
      { subject: "unseen", cost: 2, limits: [hour] },
    ]);
    assert.deepEqual(await left(storage, [{ subject: "key", cost: 0, limits: [hour, day] }]), [5, 3]);
    assert.equal(await storage.rateLimits.prune({ limit: 10, now: after(10 * 86_400) }), 1);
  },

  async "refunds and charges at once lose neither"(storage) {
    const key = newCharge("key", { limit: 1000 });
    await consume(storage, [{ ...key, cost: 100 }]);
    await race(10, async (client) => {
      for (let call = 0; call < 5; call++) {
        if (client % 2 === 0) await refund(storage, [key]);
        else assert.equal((await consume(storage, [key])).allowed, true);
      }
    });
    assert.deepEqual(await left(storage, [key]), [900]);
  },

  async "a reset forgets one subject and no other"(storage) {
    const [key, other] = [newCharge("key", { limit: 1 }), newCharge("key:2", { limit: 1 })];
    await consume(storage, [key, other]);
    await storage.rateLimits.reset({ subject: "key" });
    await storage.rateLimits.reset({ subject: "unseen" });
    assert.deepEqual(await left(storage, [key, other]), [1, 0]);
    assert.equal((await consume(storage, [key])).allowed, true);
  },
});

function refund(storage: RateLimits, charges: readonly LimitCharge[], now = after(0)): Promise<void> {
  return storage.rateLimits.refund({ charges, now });
}
