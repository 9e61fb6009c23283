import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./expect-problems.js";
import { createTestKit, TENANT } from "./kit.js";

const named = (count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ name: `key ${index}`, scopes: ["a"], ...fields }));

describe("creating many keys", () => {
  test("each comes back in its place, with a text that works", async () => {
    const { tenon } = createTestKit();
    const keys = await tenon.apiKeys.createMany({ tenantId: TENANT, keys: named(100) });
    expect(keys.map(({ name }) => name)).toEqual(named(100).map(({ name }) => name));
    for (const { id, secret } of keys) {
      expect(await tenon.apiKeys.authenticate({ key: secret.reveal() })).toMatchObject({
        ok: true,
        key: { id },
      });
    }
  });

  test("one bad key and none is created; every offending field of all is named", async () => {
    const { tenon } = createTestKit({ scopes: { a: "A" } });
    const [good] = named(1);
    const keys = [good, { ...good, scopes: ["a", "b"] }, { ...good, environment: "prod" }] as ReturnType<
      typeof named
    >;
    expect(await problemsOf(tenon.apiKeys.createMany({ tenantId: TENANT, keys }))).toEqual([
      "/keys/1/scopes/1",
      "/keys/2/environment",
    ]);
    expect(await problemsOf(tenon.apiKeys.createMany({ tenantId: TENANT, keys: named(101) }))).toEqual([
      "/keys",
    ]);
    expect(await problemsOf(tenon.apiKeys.createMany({ tenantId: TENANT, keys: [] }))).toEqual(["/keys"]);
    expect((await tenon.apiKeys.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("what breaks a schema in one key is named beside what breaks a rule in another", async () => {
    const { tenon } = createTestKit({ scopes: { a: "A" } });
    const [good] = named(1);
    const keys = [{ ...good, name: "" }, { ...good, scopes: ["b"] }, null] as ReturnType<typeof named>;
    const wrong = ["/keys/0/name", "/keys/2", "/keys/1/scopes/0"];
    expect(await problemsOf(tenon.apiKeys.createMany({ tenantId: TENANT, keys }))).toEqual(wrong);
    const hashed = keys.slice(0, 2).map((key) => ({ ...key, hash: "0".repeat(64) }));
    expect(await problemsOf(tenon.apiKeys.import({ tenantId: TENANT, keys: hashed }))).toEqual([
      "/keys/0/name",
      "/keys/1/scopes/0",
    ]);
    const notListed = { tenantId: TENANT, keys: "all" as unknown as typeof keys };
    expect(await problemsOf(tenon.apiKeys.createMany(notListed))).toEqual(["/keys"]);
  });
});

describe("revoking many keys", () => {
  test("by id: refused on the next call; unknown ids are passed over", async () => {
    const { tenon } = createTestKit();
    const [first, second, third] = await tenon.apiKeys.createMany({ tenantId: TENANT, keys: named(3) });
    if (!first || !second || !third) return expect.unreachable();
    const verdict = async (key: typeof first) =>
      (await tenon.apiKeys.authenticate({ key: key.secret.reveal() })).ok;
    expect([await verdict(first), await verdict(second), await verdict(third)]).toEqual([true, true, true]);
    const keyIds = [first.id, second.id, "key_nobody"];
    const revoked = await tenon.apiKeys.revokeMany({ tenantId: TENANT, keyIds });
    expect(revoked.map(({ status }) => status)).toEqual(["revoked", "revoked"]);
    expect([await verdict(first), await verdict(second), await verdict(third)]).toEqual([false, false, true]);
    expect(await tenon.apiKeys.revokeMany({ tenantId: TENANT, keyIds })).toEqual(revoked);
  });

  test("by owner: every one of them, however many", async () => {
    const { tenon } = createTestKit();
    const owned: string[] = [];
    for (let batch = 0; batch < 3; batch++) {
      const keys = await tenon.apiKeys.createMany({
        tenantId: TENANT,
        keys: named(70, { ownerId: "user-7" }),
      });
      owned.push(...keys.map(({ id }) => id));
    }
    const other = await tenon.apiKeys.create({
      tenantId: TENANT,
      name: "Other",
      scopes: [],
      ownerId: "user-8",
    });
    const revoked = await tenon.apiKeys.revokeMany({ tenantId: TENANT, ownerId: "user-7" });
    expect(revoked.map(({ id }) => id).toSorted()).toEqual(owned.toSorted());
    expect(await tenon.apiKeys.get({ tenantId: TENANT, keyId: other.id })).toMatchObject({
      status: "active",
    });
    expect(await tenon.apiKeys.revokeMany({ tenantId: TENANT, ownerId: "user-7" })).toEqual([]);
  });
});

describe("importing keys issued elsewhere", () => {
  const LEGACY = "legacy-5f4dcc3b5aa765d61d8327deb882cf99";
  const sha256 = (text: string, encoding: "hex" | "base64" | "base64url") =>
    createHash("sha256").update(text).digest(encoding);
  const acceptedFormats = [{ pattern: /legacy-[0-9a-f]{32}/ }];
  const entry = { name: "Legacy", scopes: ["a"], start: "legacy-5f4d" };

  test.each([
    ["sha256-hex", sha256(LEGACY, "hex").toUpperCase()],
    ["sha256-base64", sha256(LEGACY, "base64")],
    ["sha256-base64url", sha256(LEGACY, "base64url")],
  ] as const)("a key known by its %s works, with its scopes", async (hashFormat, hash) => {
    const { tenon } = createTestKit({ apiKeys: { acceptedFormats } });
    const [key] = await tenon.apiKeys.import({ tenantId: TENANT, keys: [{ ...entry, hash, hashFormat }] });
    expect(key).toMatchObject({ name: "Legacy", start: "legacy-5f4d", status: "active" });
    expect(await tenon.apiKeys.authenticate({ key: LEGACY, scopes: ["a"] })).toMatchObject({ ok: true });
    expect(await tenon.apiKeys.authenticate({ key: LEGACY.replace("5f", "6f") })).toEqual({
      ok: false,
      reason: "unknown",
    });
  });

  test("hashes are written as the accepted formats have it; where these differ, each must say", async () => {
    const hash = sha256(LEGACY, "base64url");
    const base64url = { pattern: /legacy-[0-9a-f]{32}/, hash: "sha256-base64url" } as const;
    const { tenon } = createTestKit({ apiKeys: { acceptedFormats: [base64url] } });
    await tenon.apiKeys.import({ tenantId: TENANT, keys: [{ ...entry, hash }] });
    expect(await tenon.apiKeys.authenticate({ key: LEGACY })).toMatchObject({ ok: true });
    const mixed = createTestKit({ apiKeys: { acceptedFormats: [base64url, { pattern: "old-[0-9]{20}" }] } });
    expect(
      await problemsOf(mixed.tenon.apiKeys.import({ tenantId: TENANT, keys: [{ ...entry, hash }] })),
    ).toEqual(["/keys/0/hashFormat"]);
  });

  test("a text that no accepted format matches is refused without a look-up", async () => {
    const { tenon, storage } = createTestKit({ apiKeys: { acceptedFormats } });
    let lookUps = 0;
    const { findByHash } = storage.apiKeys;
    Object.assign(storage.apiKeys, {
      findByHash: (request: { hash: string }) => {
        lookUps += 1;
        return findByHash(request);
      },
    });
    for (const key of [
      `x${LEGACY}`,
      `${LEGACY}\n`,
      `${LEGACY}0`,
      `y\n${LEGACY}`,
      "",
      LEGACY.repeat(10_000),
    ]) {
      expect(await tenon.apiKeys.authenticate({ key })).toEqual({ ok: false, reason: "malformed" });
    }
    expect(lookUps).toBe(0);
    expect(await tenon.apiKeys.authenticate({ key: LEGACY })).toEqual({ ok: false, reason: "unknown" });
    expect(lookUps).toBe(1);
  });

  test("a hash that is stored already is a conflict, and nothing is imported", async () => {
    const { tenon } = createTestKit({ apiKeys: { acceptedFormats } });
    const hash = sha256(LEGACY, "hex");
    await tenon.apiKeys.import({ tenantId: "globex", keys: [{ ...entry, hash }] });
    const keys = [
      { ...entry, hash: sha256("other", "hex") },
      { ...entry, hash },
    ];
    await expect(tenon.apiKeys.import({ tenantId: TENANT, keys })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect((await tenon.apiKeys.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("names what is no hash, without repeating it", async () => {
    const { tenon } = createTestKit({ apiKeys: { acceptedFormats } });
    const refused = tenon.apiKeys.import({ tenantId: TENANT, keys: [{ ...entry, hash: LEGACY }] });
    await expect(refused).rejects.not.toThrow(LEGACY);
    expect(await problemsOf(refused)).toEqual(["/keys/0/hash"]);
  });

  test("rotating an imported key gives one of the host's own format", async () => {
    const { tenon } = createTestKit({ apiKeys: { acceptedFormats } });
    const hash = sha256(LEGACY, "hex");
    const [key] = await tenon.apiKeys.import({ tenantId: TENANT, keys: [{ ...entry, hash }] });
    const { successor } = await tenon.apiKeys.rotate({
      tenantId: TENANT,
      keyId: key?.id ?? "",
      graceSeconds: 0,
    });
    expect(successor.secret.reveal()).toMatch(/^sk_live_/);
    expect(await tenon.apiKeys.authenticate({ key: LEGACY })).toEqual({ ok: false, reason: "revoked" });
  });

  test("a pattern that is no regular expression is a configuration error", () => {
    for (const pattern of ["(", "a)(b", "[z-a]"]) {
      expect(() => createTestKit({ apiKeys: { acceptedFormats: [{ pattern }] } })).toThrow(
        expect.objectContaining({
          problems: [expect.objectContaining({ pointer: "/apiKeys/acceptedFormats/0/pattern" })],
        }),
      );
    }
  });
});
