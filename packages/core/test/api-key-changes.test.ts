import { describe, expect, test } from "vitest";
import { problemsOf } from "./expect-problems.js";
import { createTestKit, TENANT } from "./kit.js";

const HOUR = { name: "hour", limit: 2, windowSeconds: 3_600 };

async function createKey(kit = createTestKit(), fields: object = {}) {
  const key = await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: ["a"], ...fields });
  const one = { tenantId: TENANT, keyId: key.id };
  const authenticate = async (request: object = {}) => {
    const verdict = await kit.tenon.apiKeys.authenticate({ key: key.secret.reveal(), ...request });
    return verdict.ok ? "ok" : verdict.reason;
  };
  return { ...kit, key, one, authenticate };
}

describe("disabling a key", () => {
  test("takes effect on the next call, and enabling takes it back", async () => {
    const { tenon, one, authenticate } = await createKey();
    expect(await authenticate()).toBe("ok");
    expect(await tenon.apiKeys.disable(one)).toMatchObject({ status: "disabled" });
    expect(await authenticate()).toBe("disabled");
    expect(await tenon.apiKeys.enable(one)).toMatchObject({ status: "active", disabledAt: undefined });
    expect(await authenticate()).toBe("ok");
  });

  test("twice keeps the first instant; enabling a revoked key leaves it revoked", async () => {
    const { tenon, clock, one } = await createKey();
    const first = await tenon.apiKeys.disable(one);
    clock.advance(1_000);
    expect(await tenon.apiKeys.disable(one)).toEqual(first);
    await tenon.apiKeys.revoke(one);
    expect(await tenon.apiKeys.enable(one)).toMatchObject({ status: "revoked" });
  });

  test.each(["disable", "enable", "revoke", "get"] as const)(
    "%s of another tenant's key is not found",
    async (verb) => {
      const { tenon, one } = await createKey();
      const stranger = { ...one, tenantId: "globex" };
      await expect(tenon.apiKeys[verb](stranger)).rejects.toMatchObject({
        code: "API_KEY_NOT_FOUND",
        status: 404,
      });
    },
  );
});

describe("updating a key", () => {
  test("what is given changes at once, what isn't stays", async () => {
    const { tenon, key, one, authenticate } = await createKey(createTestKit(), { limits: [HOUR] });
    expect(await authenticate({ scopes: ["b"] })).toBe("insufficient_scope");
    const updated = await tenon.apiKeys.update({ ...one, scopes: ["b", "b"], ipAllowlist: ["192.0.2.0/24"] });
    const { secret: _, ...shown } = key;
    expect(updated).toEqual({ ...shown, scopes: ["b"], ipAllowlist: ["192.0.2.0/24"] });
    expect(await authenticate({ scopes: ["b"], clientAddress: "192.0.2.7" })).toBe("ok");
    expect(await authenticate({ scopes: ["b"] })).toBe("ip_not_allowed");
  });

  test("null clears: a key can be told never to expire", async () => {
    const kit = createTestKit();
    const { tenon, one } = await createKey(kit, {
      ownerId: "user-7",
      expiresAt: new Date(kit.clock.now().getTime() + 1),
    });
    const cleared = await tenon.apiKeys.update({ ...one, ownerId: null, expiresAt: null });
    expect([cleared.ownerId, cleared.expiresAt]).toEqual([undefined, undefined]);
    const kept = await tenon.apiKeys.update({ ...one, name: "Renamed", ownerId: undefined });
    expect([kept.name, kept.ownerId, kept.scopes]).toEqual(["Renamed", undefined, ["a"]]);
  });

  test("names every offending field at once and changes nothing", async () => {
    const kit = createTestKit({ scopes: { a: "A" } });
    const { tenon, clock, key, one } = await createKey(kit);
    const now = clock.now().getTime();
    expect(
      await problemsOf(
        tenon.apiKeys.update({
          ...one,
          scopes: ["c"],
          ipAllowlist: ["10.0.0.0/33"],
          expiresAt: new Date(now),
        }),
      ),
    ).toEqual(["/scopes/0", "/ipAllowlist/0", "/expiresAt"]);
    expect(await problemsOf(tenon.apiKeys.update({ ...one, name: "", limits: [HOUR, HOUR] }))).toEqual([
      "/name",
      "/limits/1/name",
    ]);
    const { secret: _, ...shown } = key;
    expect(await tenon.apiKeys.get(one)).toEqual(shown);
  });

  test("holds a new beginning against the expiry that is stored, and the other way round", async () => {
    const kit = createTestKit();
    const at = (seconds: number) => new Date(kit.clock.now().getTime() + seconds * 1000);
    const { tenon, one } = await createKey(kit, { notBefore: at(10), expiresAt: at(20) });
    expect(await problemsOf(tenon.apiKeys.update({ ...one, notBefore: at(20) }))).toEqual(["/notBefore"]);
    expect(await problemsOf(tenon.apiKeys.update({ ...one, expiresAt: at(10) }))).toEqual(["/notBefore"]);
    await tenon.apiKeys.update({ ...one, notBefore: at(30), expiresAt: at(40) });
    await tenon.apiKeys.update({ ...one, expiresAt: null });
    await tenon.apiKeys.update({ ...one, notBefore: at(99) });
  });

  test("a revoked key is a conflict, another tenant's is not found", async () => {
    const { tenon, one } = await createKey();
    const stranger = { ...one, tenantId: "globex" };
    await expect(tenon.apiKeys.update({ ...stranger, name: "Mine" })).rejects.toMatchObject({
      code: "API_KEY_NOT_FOUND",
    });
    await tenon.apiKeys.revoke(one);
    await expect(tenon.apiKeys.update({ ...one, name: "New" })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("scopes that may be granted", () => {
  test("a key gets none beyond them, at birth or later", async () => {
    const { tenon } = createTestKit({ wildcardScopes: true });
    const grantableScopes = ["posts:*", "users:read"];
    const asked = { tenantId: TENANT, name: "Child", grantableScopes };
    expect(
      await problemsOf(tenon.apiKeys.create({ ...asked, scopes: ["posts:read", "users:write", "*"] })),
    ).toEqual(["/scopes/1", "/scopes/2"]);
    const { id: keyId } = await tenon.apiKeys.create({ ...asked, scopes: ["posts:*", "users:read"] });
    const widened = tenon.apiKeys.update({
      tenantId: TENANT,
      keyId,
      scopes: ["users:write"],
      grantableScopes,
    });
    expect(await problemsOf(widened)).toEqual(["/scopes/0"]);
    expect(await problemsOf(tenon.apiKeys.create({ ...asked, grantableScopes: [], scopes: ["a"] }))).toEqual([
      "/scopes/0",
    ]);
  });
});

describe("listing keys", () => {
  test("filters by owner, status, the beginning of the name and expiry", async () => {
    const { tenon, clock } = createTestKit();
    const soon = new Date(clock.now().getTime() + 60_000);
    const create = (name: string, fields: object = {}) =>
      tenon.apiKeys.create({ tenantId: TENANT, name, scopes: [], ...fields });
    await create("CI one", { ownerId: "user-7", expiresAt: soon });
    await create("CI two", { ownerId: "user-8" });
    const { id: keyId } = await create("Zapier", { ownerId: "user-7" });
    await tenon.apiKeys.disable({ tenantId: TENANT, keyId });
    const names = async (filter: object) =>
      (await tenon.apiKeys.list({ tenantId: TENANT, ...filter })).items.map(({ name }) => name).toSorted();
    expect(await names({ ownerId: "user-7" })).toEqual(["CI one", "Zapier"]);
    expect(await names({ namePrefix: "CI" })).toEqual(["CI one", "CI two"]);
    expect(await names({ status: "disabled" })).toEqual(["Zapier"]);
    expect(await names({ expiresBefore: new Date(soon.getTime() + 1) })).toEqual(["CI one"]);
    clock.advance(60_000);
    expect(await names({ status: "expired", ownerId: "user-7" })).toEqual(["CI one"]);
    expect(await names({ status: "active" })).toEqual(["CI two"]);
    expect(await problemsOf(tenon.apiKeys.list({ tenantId: TENANT, status: "ACTIVE" as "active" }))).toEqual([
      "/status",
    ]);
  });

  test("filtered pages go on from their cursor", async () => {
    const { tenon, clock } = createTestKit();
    for (let index = 0; index < 10; index++) {
      clock.advance(1);
      const ownerId = index % 2 === 0 ? "even" : "odd";
      await tenon.apiKeys.create({ tenantId: TENANT, name: `${index}`, scopes: [], ownerId });
    }
    const request = { tenantId: TENANT, ownerId: "odd", limit: 2 };
    const seen: string[] = [];
    let page = await tenon.apiKeys.list(request);
    for (;;) {
      seen.push(...page.items.map(({ name }) => name));
      if (page.nextCursor === undefined) break;
      page = await tenon.apiKeys.list({ ...request, cursor: page.nextCursor });
    }
    expect(seen).toEqual(["9", "7", "5", "3", "1"]);
  });
});
