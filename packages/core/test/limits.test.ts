import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const minute = { name: "minute", limit: 3, windowSeconds: 60, algorithm: "fixed-window" as const };

describe("a host's own limits", () => {
  test("one subject is given as it is: consume takes, peek only looks", async () => {
    const { tenon } = createTestKit();
    const request = { subject: "user:1", limits: [minute] };
    expect(await tenon.limits.consume({ ...request, cost: 2 })).toMatchObject({
      allowed: true,
      retryAfterSeconds: 0,
      limits: [{ name: "minute", remaining: 1 }],
    });
    expect((await tenon.limits.peek(request)).limits).toMatchObject([{ remaining: 1 }]);
    expect((await tenon.limits.consume({ ...request, cost: 0 })).limits).toMatchObject([{ remaining: 1 }]);
    expect(await tenon.limits.consume({ ...request, cost: 2 })).toMatchObject({
      allowed: false,
      retryAfterSeconds: 60,
      limits: [{ remaining: 1, retryAfterSeconds: 60 }],
    });
  });

  test("a limit that breaks a rule is named by its place, alone and among several subjects", async () => {
    const { tenon } = createTestKit();
    const bad = { subject: "a", partition: "a", limits: [minute, { ...minute, name: "day", limit: 0 }] };
    await expect(tenon.limits.consume(bad)).rejects.toMatchObject({
      problems: [{ pointer: "/limits/1/limit" }],
    });
    await expect(
      tenon.limits.consume({ charges: [{ subject: "b", limits: [minute] }, bad] }),
    ).rejects.toMatchObject({
      problems: [{ pointer: "/charges/1/limits/1/limit" }],
    });
  });

  test("several subjects are charged together or not at all, and told apart by their partition", async () => {
    const { tenon } = createTestKit();
    const user = { subject: "user:1", limits: [minute] };
    const team = { subject: "team:1", partition: "team", limits: [{ ...minute, limit: 1 }] };
    expect(await tenon.limits.consume({ charges: [user, team] })).toMatchObject({
      allowed: true,
      limits: [
        { name: "minute", remaining: 2 },
        { name: "minute", partition: "team", remaining: 0 },
      ],
    });
    expect(await tenon.limits.consume({ charges: [user, team] })).toMatchObject({ allowed: false });
    expect((await tenon.limits.peek(user)).limits).toMatchObject([{ remaining: 2 }]);
  });

  test("a refund gives back, never more than was taken; a reset forgets", async () => {
    const { tenon } = createTestKit();
    const request = { subject: "user:1", limits: [minute] };
    const left = async () => (await tenon.limits.peek(request)).limits[0]?.remaining;
    await tenon.limits.consume({ ...request, cost: 3 });
    await tenon.limits.refund({ ...request, cost: 2 });
    expect(await left()).toBe(2);
    await tenon.limits.refund({ ...request, cost: 9 });
    expect(await left()).toBe(3);
    await tenon.limits.consume({ ...request, cost: 3 });
    await tenon.limits.reset({ subject: "user:1" });
    expect(await left()).toBe(3);
  });

  test.each([
    ["a cost that isn't whole", { subject: "a", cost: 1.5, limits: [minute] }],
    ["a negative cost", { subject: "a", cost: -1, limits: [minute] }],
    ["no subject", { subject: "", limits: [minute] }],
    ["a subject too long to keep", { subject: "a".repeat(513), limits: [minute] }],
    ["no limits", { subject: "a", limits: [] }],
    ["two limits of one name", { subject: "a", limits: [minute, minute] }],
    [
      "a subject named twice",
      { charges: [1, 2].map((n) => ({ subject: "a", partition: `p${n}`, limits: [minute] })) },
    ],
    [
      "limits of two subjects under one name",
      { charges: ["a", "b"].map((subject) => ({ subject, limits: [minute] })) },
    ],
  ])("%s is refused before anything is taken", async (_, request) => {
    const { tenon } = createTestKit();
    await expect(tenon.limits.consume(request)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });
});

describe("limits of a call with a key", () => {
  const hour = { name: "hour", limit: 100, windowSeconds: 3600 };

  test("a tenant's keys share the tenant's limit, and no limit is charged when another refuses", async () => {
    const { tenon } = createTestKit();
    const [first, second] = await Promise.all([createKey(tenon), createKey(tenon)]);
    const limits = [{ ...hour, limit: 3, per: "tenant" as const }];
    for (const key of [first, second, first]) {
      expect(await tenon.apiKeys.authenticate({ key, limits })).toMatchObject({ ok: true });
    }
    const refused = await tenon.apiKeys.authenticate({ key: second, limits });
    expect(refused).toMatchObject({
      reason: "rate_limited",
      limits: [
        { name: "hour", remaining: 9, retryAfterSeconds: 0 },
        { name: "hour", partition: "tenant", remaining: 0 },
      ],
    });
    const other = await createKey(tenon, "globex");
    expect(await tenon.apiKeys.authenticate({ key: other, limits })).toMatchObject({ ok: true });
  });

  test("limits count per address (IPv6 by /56) and per named route", async () => {
    const { tenon } = createTestKit();
    const key = await createKey(tenon);
    const limits = [
      { ...hour, limit: 2, per: "address" as const },
      { ...hour, limit: 3, per: { route: "search" } },
    ];
    const call = async (clientAddress: string) =>
      (await tenon.apiKeys.authenticate({ key, limits, clientAddress })).ok;
    expect([await call("2001:db8::1"), await call("2001:db8:0:ff::1"), await call("2001:db8::2")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await call("203.0.113.7"), await call("203.0.113.8")]).toEqual([true, false]);
    await expect(tenon.apiKeys.authenticate({ key, limits })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  test("who sets the instant that a window ends at misleads no later call, and the next window has its own", async () => {
    const { tenon, clock } = createTestKit();
    const key = await createKey(tenon);
    const resetAt = async () => {
      const result = await tenon.apiKeys.authenticate({ key });
      return result.ok ? result.limits[0]?.resetAt : undefined;
    };
    await resetAt();
    const endsAt = new Date((Math.floor(clock.now().getTime() / 3_600_000) + 1) * 3_600_000);
    const told = await resetAt();
    expect(told).toEqual(endsAt);
    told?.setTime(0);
    expect(await resetAt()).toEqual(endsAt);
    clock.advance(3_600_000);
    expect(await resetAt()).toEqual(new Date(endsAt.getTime() + 3_600_000));
  });

  test("a function gives the limits of the key's plan", async () => {
    const { tenon } = createTestKit();
    const plans = {
      free: [{ ...hour, name: "plan", limit: 1 }],
      paid: [{ ...hour, name: "plan", limit: 2 }],
    };
    const allowed = async (plan: "free" | "paid") => {
      const { secret } = await tenon.apiKeys.create({
        tenantId: TENANT,
        name: plan,
        scopes: [],
        metadata: { plan },
      });
      let count = 0;
      for (let call = 0; call < 4; call++) {
        const limits = ({ metadata }: { metadata: Readonly<Record<string, unknown>> }) =>
          metadata.plan === "paid" ? plans.paid : plans.free;
        if ((await tenon.apiKeys.authenticate({ key: secret.reveal(), limits })).ok) count += 1;
      }
      return count;
    };
    expect([await allowed("free"), await allowed("paid")]).toEqual([1, 2]);
  });

  test("the key's own limit wins over one of the route's with its name", async () => {
    const { tenon } = createTestKit();
    const key = await createKey(tenon);
    const result = await tenon.apiKeys.authenticate({ key, limits: [{ ...hour, limit: 1 }] });
    expect(result).toMatchObject({ ok: true, limits: [{ name: "hour", limit: 10 }] });
  });

  test("a limit that breaks a rule is refused", async () => {
    const { tenon } = createTestKit();
    const key = await createKey(tenon);
    const limits = () => [{ ...hour, limit: 0 }];
    await expect(tenon.apiKeys.authenticate({ key, limits })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
  });

  async function createKey(tenon: ReturnType<typeof createTestKit>["tenon"], tenantId = TENANT) {
    const limits = [{ ...hour, limit: 10 }];
    return (await tenon.apiKeys.create({ tenantId, name: "Key", scopes: [], limits })).secret.reveal();
  }
});
