import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const YEAR_SECONDS = 365 * 86_400;
const HOUR = { name: "hour", limit: 1000, windowSeconds: 3_600 };
const asked = { tenantId: TENANT, name: "Zapier", scopes: ["a"] };

describe("a default lifetime", () => {
  const apiKeys = { defaultLifetimeSeconds: YEAR_SECONDS };

  test("is given to a key created without an expiry; null is for ever, an instant is itself", async () => {
    const { tenon, clock } = createTestKit({ apiKeys });
    const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    expect((await tenon.apiKeys.create(asked)).expiresAt).toEqual(inSeconds(YEAR_SECONDS));
    expect((await tenon.apiKeys.create({ ...asked, expiresAt: null })).expiresAt).toBeUndefined();
    const own = inSeconds(60);
    expect((await tenon.apiKeys.create({ ...asked, expiresAt: own })).expiresAt).toEqual(own);
    const later = await tenon.apiKeys.create({ ...asked, notBefore: inSeconds(100) });
    expect(later.expiresAt).toEqual(inSeconds(100 + YEAR_SECONDS));
  });

  test("that would end after the year 9999 is refused, before a storage has to", async () => {
    const { tenon } = createTestKit({ apiKeys });
    const creation = tenon.apiKeys.create({ ...asked, notBefore: new Date("9999-06-01T00:00:00Z") });
    await expect(creation).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      problems: [{ pointer: "/notBefore" }],
    });
  });

  test("isn't there by itself: without it keys live for ever", async () => {
    expect((await createTestKit().tenon.apiKeys.create(asked)).expiresAt).toBeUndefined();
  });
});

describe("default limits", () => {
  const apiKeys = { defaultLimits: [HOUR] };
  const stored = { ...HOUR, algorithm: "sliding-window" };

  test("are given to a key created without limits; an empty list is none", async () => {
    const { tenon } = createTestKit({ apiKeys });
    expect((await tenon.apiKeys.create(asked)).limits).toEqual([stored]);
    expect((await tenon.apiKeys.create({ ...asked, limits: [] })).limits).toEqual([]);
    const [first] = await tenon.apiKeys.createMany({ tenantId: TENANT, keys: [{ name: "CI", scopes: [] }] });
    expect(first?.limits).toEqual([stored]);
  });

  test("a route's limit of the same name is a configuration error when its guard is built", () => {
    const { tenon } = createTestKit({ apiKeys });
    const minute = { ...HOUR, name: "minute" };
    expect(() => tenon.http.apiKeyGuard({ limits: [minute, { ...HOUR, limit: 5 }] })).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        problems: [expect.objectContaining({ pointer: "/limits/1/name" })],
      }),
    );
    tenon.http.apiKeyGuard({ limits: [minute, { ...HOUR, per: "tenant" }] });
    createTestKit().tenon.http.apiKeyGuard({ limits: [HOUR] });
  });
});

describe("a cap on a tenant's keys", () => {
  const apiKeys = { maxKeysPerTenant: 2 };
  const overCap = { code: "LIMIT_EXCEEDED", status: 409, message: expect.stringMatching(/2 API keys/) };

  test("refuses one more until a key is revoked or expires", async () => {
    const { tenon, clock } = createTestKit({ apiKeys });
    const first = await tenon.apiKeys.create(asked);
    await tenon.apiKeys.create({ ...asked, expiresAt: new Date(clock.now().getTime() + 1000) });
    await expect(tenon.apiKeys.create(asked)).rejects.toMatchObject(overCap);
    await tenon.apiKeys.create({ ...asked, tenantId: "globex" });
    clock.advance(1000);
    await tenon.apiKeys.create(asked);
    await expect(tenon.apiKeys.create(asked)).rejects.toMatchObject(overCap);
    await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: first.id });
    await tenon.apiKeys.create(asked);
  });

  test("holds for many at once, for imports and inside transactions", async () => {
    const { tenon, storage } = createTestKit({ apiKeys });
    const three = Array.from({ length: 3 }, () => ({ name: "CI", scopes: [] }));
    await expect(tenon.apiKeys.createMany({ tenantId: TENANT, keys: three })).rejects.toMatchObject(overCap);
    const keys = three.map((key, index) => ({ ...key, hash: `${index}`.repeat(64) }));
    await expect(tenon.apiKeys.import({ tenantId: TENANT, keys })).rejects.toMatchObject(overCap);
    await storage.transaction(async (transaction) => {
      const bound = tenon.within(transaction);
      await bound.apiKeys.createMany({ tenantId: TENANT, keys: three.slice(1) });
      await expect(bound.apiKeys.create(asked)).rejects.toMatchObject(overCap);
    });
    expect((await tenon.apiKeys.list({ tenantId: TENANT })).items).toHaveLength(2);
  });

  test("doesn't stand in the way of a rotation", async () => {
    const { tenon } = createTestKit({ apiKeys: { maxKeysPerTenant: 1 } });
    const { id: keyId } = await tenon.apiKeys.create(asked);
    await tenon.apiKeys.rotate({ tenantId: TENANT, keyId, graceSeconds: 60 });
  });
});

test("a policy that makes no sense is a configuration error that names all of it", () => {
  const apiKeys = { defaultLifetimeSeconds: 0.5, defaultLimits: [HOUR, HOUR], maxKeysPerTenant: 0 };
  expect(() => createTestKit({ apiKeys })).toThrow(
    expect.objectContaining({
      problems: [
        "/apiKeys/defaultLifetimeSeconds",
        "/apiKeys/defaultLimits/1/name",
        "/apiKeys/maxKeysPerTenant",
      ].map((pointer) => expect.objectContaining({ pointer })),
    }),
  );
});

test("the kit gives secret scanners a pattern of its keys", async () => {
  const { tenon } = createTestKit({
    apiKeys: { prefix: "aivo", environments: [], body: { characters: 32 } },
  });
  const { secret } = await tenon.apiKeys.create(asked);
  const pattern = new RegExp(tenon.apiKeys.keyPattern(), "g");
  expect(`curl -H "X-API-Key: ${secret.reveal()}"`.match(pattern)).toEqual([secret.reveal()]);
});
