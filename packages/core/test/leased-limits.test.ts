import { StorageError } from "@tenon/core/errors";
import type { ChargeRequest, Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

/** Leased 20 at a time. */
const hour = {
  name: "hour",
  limit: 1000,
  windowSeconds: 3600,
  algorithm: "fixed-window" as const,
  precision: "leased" as const,
};
const exact = { ...hour, name: "exact", limit: 3, precision: "exact" as const };
const request = { subject: "a", limits: [hour] };

describe("a leased limit", () => {
  test("takes a fiftieth from the store in one charge, and spends it without another", async () => {
    const { tenon, costs } = createWatchedKit();
    for (let call = 1; call <= 40; call++) {
      const { allowed, limits } = await tenon.limits.consume(request);
      expect({ allowed, remaining: limits[0]?.remaining }).toEqual({ allowed: true, remaining: 1000 - call });
    }
    expect(costs).toEqual([20, 20]);
  });

  test("is asked for once by calls that come together", async () => {
    const { tenon, costs } = createWatchedKit();
    const calls = Array.from({ length: 45 }, () => tenon.limits.consume(request));
    expect((await Promise.all(calls)).every(({ allowed }) => allowed)).toBe(true);
    expect(costs).toEqual([20, 20, 20]);
  });

  test("dies with the window it was taken in", async () => {
    const { tenon, clock, costs } = createWatchedKit();
    await tenon.limits.consume(request);
    clock.advance(3_600_000 - 1);
    await tenon.limits.consume(request);
    expect(costs).toEqual([20]);
    clock.advance(1);
    expect((await tenon.limits.consume(request)).limits).toMatchObject([{ remaining: 999 }]);
    expect(costs).toEqual([20, 20]);
  });

  test("takes what remains when that is less than a share, down to the last unit", async () => {
    const { tenon, costs, storage } = createWatchedKit();
    await createTestKit({ storage }).tenon.limits.consume({
      ...request,
      cost: 993,
    });
    const calls = await Promise.all(Array.from({ length: 9 }, () => tenon.limits.consume(request)));
    expect(calls.filter(({ allowed }) => allowed)).toHaveLength(7);
    expect(calls.at(-1)).toMatchObject({
      allowed: false,
      retryAfterSeconds: 3600,
      limits: [{ remaining: 0 }],
    });
    expect(costs.slice(0, 3)).toEqual([993, 20, 7]);
  });

  test("counts a call that costs more than a share, and a limit below 100, in the store", async () => {
    const { tenon, costs } = createWatchedKit();
    await tenon.limits.consume({ ...request, cost: 21 });
    for (let call = 0; call < 3; call++) {
      await tenon.limits.consume({ subject: "b", limits: [{ ...hour, limit: 99 }] });
    }
    expect(costs).toEqual([21, 1, 1, 1]);
  });

  test("is counted in the store by a call that wants it exact, though a lease is held", async () => {
    const { tenon, costs } = createWatchedKit();
    await tenon.limits.consume(request);
    await tenon.limits.consume({ subject: "a", limits: [{ ...hour, precision: "exact" as const }] });
    expect(costs).toEqual([20, 1]);
  });

  test("a peek reads the store, and counts what is leased here as remaining", async () => {
    const { tenon, storage } = createWatchedKit();
    const other = createTestKit({ storage }).tenon;
    await tenon.limits.consume({ ...request, cost: 5 });
    const remaining = async (limits: typeof tenon.limits) =>
      (await limits.peek(request)).limits[0]?.remaining;
    expect([await remaining(tenon.limits), await remaining(other.limits)]).toEqual([995, 980]);
  });

  test("a refund goes to the store; a reset drops this process's lease too", async () => {
    const { tenon } = createWatchedKit();
    const remaining = async () => (await tenon.limits.peek(request)).limits[0]?.remaining;
    await tenon.limits.consume({ ...request, cost: 5 });
    await tenon.limits.refund({ ...request, cost: 2 });
    expect(await remaining()).toBe(997);
    await tenon.limits.reset({ subject: "a" });
    expect(await remaining()).toBe(1000);
    expect((await tenon.limits.consume(request)).limits).toMatchObject([{ remaining: 999 }]);
  });

  test("a lease on its way while the subject is reset is not kept", async () => {
    const { tenon, costs } = createWatchedKit();
    const [first] = await Promise.all([tenon.limits.consume(request), tenon.limits.reset({ subject: "a" })]);
    expect(first).toMatchObject({ allowed: true });
    await tenon.limits.consume(request);
    expect(costs).toEqual([20, 20]);
  });

  test("is refused with gcra, by name", async () => {
    const { tenon } = createTestKit();
    const limits = [{ ...hour, algorithm: "gcra" as const }];
    await expect(tenon.limits.consume({ subject: "a", limits })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    await expect(
      tenon.apiKeys.create({ tenantId: TENANT, name: "Key", scopes: [], limits }),
    ).rejects.toMatchObject({
      problems: [{ pointer: "/limits/0/precision", message: expect.stringContaining("gcra") }],
    });
  });

  test("may be a key's own or a route's, is kept with the key, and is refused with gcra there too", async () => {
    const { tenon, costs } = createWatchedKit();
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Key", scopes: [], limits: [hour] });
    expect(await tenon.apiKeys.get({ tenantId: TENANT, keyId: key.id })).toMatchObject({
      limits: [{ name: "hour", precision: "leased" }],
    });
    const route = { ...hour, per: "tenant" as const };
    for (let call = 1; call <= 3; call++) {
      expect(await tenon.apiKeys.authenticate({ key: key.secret.reveal(), limits: [route] })).toMatchObject({
        ok: true,
        limits: [{ remaining: 1000 - call }, { partition: "tenant", remaining: 1000 - call }],
      });
    }
    expect(costs).toEqual([20, 20]);
    await expect(
      tenon.apiKeys.authenticate({ key: key.secret.reveal(), limits: [{ ...route, algorithm: "gcra" }] }),
    ).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });
});

describe("leased and exact limits in one call", () => {
  const mixed = { subject: "a", limits: [hour, exact] };

  test("the leased one is given back when the exact one refuses", async () => {
    const { tenon } = createWatchedKit();
    for (const remaining of [2, 1, 0]) {
      expect((await tenon.limits.consume(mixed)).limits).toMatchObject([
        { remaining: 997 + remaining },
        { remaining },
      ]);
    }
    expect(await tenon.limits.consume(mixed)).toMatchObject({
      allowed: false,
      retryAfterSeconds: 3600,
      limits: [
        { remaining: 997, retryAfterSeconds: 0 },
        { remaining: 0, retryAfterSeconds: 3600 },
      ],
    });
    expect((await tenon.limits.peek(request)).limits).toMatchObject([{ remaining: 997 }]);
  });

  test("the exact one is not charged when the leased one refuses", async () => {
    const { tenon } = createWatchedKit();
    await tenon.limits.consume({ ...request, cost: 1000 });
    expect(await tenon.limits.consume(mixed)).toMatchObject({
      allowed: false,
      limits: [{ remaining: 0 }, { remaining: 3 }],
    });
  });

  test("of two leased ones neither is charged when the other refuses", async () => {
    const { tenon } = createWatchedKit();
    const day = { ...hour, name: "day", windowSeconds: 86_400 };
    await tenon.limits.consume({ subject: "a", limits: [day], cost: 1000 });
    expect(await tenon.limits.consume({ subject: "a", limits: [hour, day] })).toMatchObject({
      allowed: false,
      limits: [{ remaining: 1000 }, { remaining: 0 }],
    });
  });
});

describe("while the storage is out", () => {
  test("what is leased goes on being spent, and the outage is logged once", async () => {
    const { tenon, outage, logLines } = createWatchedKit();
    const closed = { subject: "a", limits: [{ ...hour, onStoreError: "closed" as const }] };
    await tenon.limits.consume(closed);
    outage.isOut = true;
    for (let call = 2; call <= 20; call++) {
      await tenon.limits.consume({ subject: "b", limits: [exact] });
      expect(await tenon.limits.consume(closed)).toMatchObject({ allowed: true });
    }
    await expect(tenon.limits.consume(closed)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    expect(logLines).toHaveLength(1);
  });

  test("a call whose exact limit could not be asked for gives its leased units back", async () => {
    const { tenon, outage } = createWatchedKit();
    await tenon.limits.consume(request);
    outage.isOut = true;
    const closed = { ...exact, onStoreError: "closed" as const };
    const call = { subject: "a", limits: [hour, closed] };
    await expect(tenon.limits.consume(call)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    outage.isOut = false;
    expect((await tenon.limits.peek(request)).limits).toMatchObject([{ remaining: 999 }]);
  });
});

/** A kit that tells what each call charged the store, and whose store can be out. */
function createWatchedKit() {
  const good = memoryStorage();
  const costs: number[] = [];
  const outage = { isOut: false };
  const rateLimits: Storage["rateLimits"] = {
    ...good.rateLimits,
    async consume(request: ChargeRequest) {
      for (const { cost } of request.charges) if (cost > 0) costs.push(cost);
      if (!outage.isOut) return good.rateLimits.consume(request);
      throw new StorageError("STORAGE_UNAVAILABLE", "out", {
        operation: "rateLimits.consume",
        retryable: true,
      });
    },
  };
  const storage = { ...good, rateLimits };
  return { ...createTestKit({ storage }), costs, outage };
}
