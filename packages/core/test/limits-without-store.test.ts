import { StorageError } from "@tenon/core/errors";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit } from "./kit.js";

const minute = { name: "minute", limit: 3, windowSeconds: 60, algorithm: "fixed-window" as const };

test("a local limit is counted in the process, an open one lets calls pass, a closed one refuses", async () => {
  const { storage, outage } = breakable();
  const { tenon, logLines } = createTestKit({ storage });
  outage.isOut = true;
  const consume = (onStoreError?: "local" | "open" | "closed") =>
    tenon.limits.consume({
      subject: "a",
      limits: [{ ...minute, limit: 1, ...(onStoreError && { onStoreError }) }],
    });
  expect([(await consume()).allowed, (await consume()).allowed]).toEqual([true, false]);
  expect(await consume("open")).toEqual({ allowed: true, limits: [], retryAfterSeconds: 0 });
  await expect(consume("closed")).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", status: 503 });
  expect(logLines.filter((line) => line.includes("rate-limit store is out"))).toHaveLength(1);
  outage.isOut = false;
  expect((await consume("closed")).allowed).toBe(true);
  expect(logLines.at(-1)).toContain('"callsWithoutStore":4');
});

test("one call's limits each follow their own rule, and a closed one decides", async () => {
  const { storage, outage } = breakable();
  const { tenon } = createTestKit({ storage });
  outage.isOut = true;
  const open = { ...minute, name: "open", limit: 1, onStoreError: "open" as const };
  const closed = { ...minute, name: "closed", onStoreError: "closed" as const };
  const request = { subject: "a", limits: [minute, open] };
  for (const remaining of [2, 1, 0]) {
    expect(await tenon.limits.consume(request)).toMatchObject({ allowed: true, limits: [{ remaining }] });
  }
  expect(await tenon.limits.consume(request)).toMatchObject({ allowed: false });
  await expect(tenon.limits.consume({ ...request, limits: [minute, closed] })).rejects.toThrow(StorageError);
});

test("of a store that hangs one call at a time asks, and the others don't wait for it", async () => {
  const good = memoryStorage();
  const fails: (() => void)[] = [];
  const hang = () =>
    new Promise<never>((_, reject) => {
      const error = new StorageError("STORAGE_UNAVAILABLE", "out", {
        operation: "limits",
        retryable: true,
      });
      fails.push(() => reject(error));
    });
  let isOut = true;
  const rateLimits: Storage["rateLimits"] = {
    ...good.rateLimits,
    consume: (request) => (isOut ? hang() : good.rateLimits.consume(request)),
    refund: (request) => (isOut ? hang() : good.rateLimits.refund(request)),
  };
  const { tenon } = createTestKit({ storage: { ...good, rateLimits } });
  const call = { subject: "a", limits: [minute] };
  const closed = { subject: "a", limits: [{ ...minute, onStoreError: "closed" as const }] };

  const [first, second] = [tenon.limits.consume(call), tenon.limits.consume(call)];
  expect(fails).toHaveLength(2);
  for (const fail of fails) fail();
  expect([await first, await second]).toMatchObject([{ allowed: true }, { allowed: true }]);

  const asking = tenon.limits.consume(call);
  expect(fails).toHaveLength(3);
  await expect(tenon.limits.consume(call)).resolves.toMatchObject({ limits: [{ remaining: 0 }] });
  await expect(tenon.limits.consume(closed)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await tenon.limits.refund({ ...call, cost: 3 });
  expect(fails).toHaveLength(3);
  fails[2]?.();
  expect(await asking).toMatchObject({ allowed: true });

  const refunding = tenon.limits.refund(call);
  expect(fails).toHaveLength(4);
  await expect(tenon.limits.consume(call)).resolves.toMatchObject({ allowed: true });
  fails[3]?.();
  await refunding;
  isOut = false;
  await expect(tenon.limits.consume(closed)).resolves.toMatchObject({ limits: [{ remaining: 2 }] });
  await expect(tenon.limits.consume(closed)).resolves.toMatchObject({ limits: [{ remaining: 1 }] });
});

function breakable(): { storage: Storage; outage: { isOut: boolean } } {
  const good = memoryStorage();
  const outage = { isOut: false };
  const rateLimits: Storage["rateLimits"] = {
    ...good.rateLimits,
    async consume(request) {
      if (!outage.isOut) return good.rateLimits.consume(request);
      throw new StorageError("STORAGE_UNAVAILABLE", "out", {
        operation: "rateLimits.consume",
        retryable: true,
      });
    },
  };
  return { storage: { ...good, rateLimits }, outage };
}
