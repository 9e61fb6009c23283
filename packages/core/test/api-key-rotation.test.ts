import { describe, expect, test } from "vitest";
import { problemsOf } from "./expect-problems.js";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const HOUR = { name: "hour", limit: 100, windowSeconds: 3_600, algorithm: "gcra" } as const;

async function createKey(kit: TestKit, fields: object = {}) {
  const key = await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: ["a"], ...fields });
  return { key, text: key.secret.reveal(), one: { tenantId: TENANT, keyId: key.id } };
}

async function verdictOf({ tenon }: TestKit, key: string) {
  const verdict = await tenon.apiKeys.authenticate({ key });
  return verdict.ok ? "ok" : verdict.reason;
}

describe("rotating a key", () => {
  test("with grace, both work until it is over, then the successor alone", async () => {
    const kit = createTestKit();
    const { key, text, one } = await createKey(kit);
    const { successor, predecessor } = await kit.tenon.apiKeys.rotate({ ...one, graceSeconds: 60 });
    const next = successor.secret.reveal();
    expect(next).toMatch(/^sk_live_[0-9A-Za-z]{49}$/);
    expect([successor.predecessorId, predecessor.successorId]).toEqual([key.id, successor.id]);
    expect(predecessor.rotatedAt).toEqual(kit.clock.now());
    expect([await verdictOf(kit, text), await verdictOf(kit, next)]).toEqual(["ok", "ok"]);
    kit.clock.advance(59_999);
    expect(await verdictOf(kit, text)).toBe("ok");
    kit.clock.advance(1);
    expect([await verdictOf(kit, text), await verdictOf(kit, next)]).toEqual(["expired", "ok"]);
  });

  test("without grace, the old key is refused on the next call", async () => {
    const kit = createTestKit();
    const { text, one } = await createKey(kit);
    expect(await verdictOf(kit, text)).toBe("ok");
    const { successor } = await kit.tenon.apiKeys.rotate({ ...one, graceSeconds: 0 });
    expect([await verdictOf(kit, text), await verdictOf(kit, successor.secret.reveal())]).toEqual([
      "revoked",
      "ok",
    ]);
  });

  test("the successor inherits name, owner, scopes, limits, addresses, metadata, environment and expiry", async () => {
    const kit = createTestKit({ apiKeys: { environments: ["live", "test"] } });
    const settings = {
      name: "Make",
      environment: "test",
      ownerId: "user-7",
      scopes: ["a", "b"],
      limits: [HOUR],
      ipAllowlist: ["192.0.2.0/24"],
      metadata: { plan: "pro" },
      expiresAt: new Date(kit.clock.now().getTime() + 30_000),
    };
    const { text, one } = await createKey(kit, settings);
    const { successor, predecessor } = await kit.tenon.apiKeys.rotate({ ...one, graceSeconds: 60 });
    expect(successor).toMatchObject(settings);
    expect(successor.secret.reveal()).toMatch(/^sk_test_/);
    expect(successor.secret.reveal()).not.toBe(text);
    expect(predecessor.expiresAt).toEqual(settings.expiresAt);
  });

  test("a key that is revoked, expired or was rotated is a conflict that says what to do", async () => {
    const kit = createTestKit();
    const rotate = (one: { tenantId: string; keyId: string }) =>
      kit.tenon.apiKeys.rotate({ ...one, graceSeconds: 60 });
    const revoked = await createKey(kit);
    await kit.tenon.apiKeys.revoke(revoked.one);
    await expect(rotate(revoked.one)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/revoked.*new one/),
    });
    const expired = await createKey(kit, { expiresAt: new Date(kit.clock.now().getTime() + 1) });
    kit.clock.advance(1);
    await expect(rotate(expired.one)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/expired.*new one/),
    });
    const rotated = await createKey(kit);
    const { successor } = await rotate(rotated.one);
    await expect(rotate(rotated.one)).rejects.toThrow(`Rotate its successor, ${successor.id}.`);
    await expect(rotate({ ...rotated.one, tenantId: "globex" })).rejects.toMatchObject({
      code: "API_KEY_NOT_FOUND",
    });
  });

  test("two at once: one gets the successor, the other a conflict", async () => {
    const kit = createTestKit();
    const { one } = await createKey(kit);
    const rotate = () => kit.tenon.apiKeys.rotate({ ...one, graceSeconds: 60 });
    const outcomes = await Promise.allSettled([rotate(), rotate()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await kit.tenon.apiKeys.list({ tenantId: TENANT })).items).toHaveLength(2);
  });

  test("in a transaction that is rolled back, the old key goes on and the new one is unknown", async () => {
    const kit = createTestKit();
    const { text, one } = await createKey(kit);
    let next = "";
    const rolledBack = kit.storage.transaction(async (transaction) => {
      const { successor } = await kit.tenon.within(transaction).apiKeys.rotate({ ...one, graceSeconds: 0 });
      next = successor.secret.reveal();
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    expect([await verdictOf(kit, text), await verdictOf(kit, next)]).toEqual(["ok", "unknown"]);
  });

  test.each([-1, 0.5, 366 * 86_400 + 1, undefined])("refuses a grace of %s seconds", async (graceSeconds) => {
    const { tenon } = createTestKit();
    const request = { tenantId: TENANT, keyId: "key_x", graceSeconds } as { graceSeconds: number };
    expect(await problemsOf(tenon.apiKeys.rotate({ tenantId: TENANT, keyId: "key_x", ...request }))).toEqual([
      "/graceSeconds",
    ]);
  });
});
