import { inspect } from "node:util";
import { isTenonError, StorageError, type ValidationError } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const HOUR = { name: "hour", limit: 2, windowSeconds: 3_600 };

async function problemsOf(promise: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await promise.then(
    () => expect.unreachable("it should have been refused"),
    (reason) => reason,
  );
  expect(isTenonError(error) && error.code).toBe("VALIDATION_FAILED");
  return (error as ValidationError).problems.map(({ pointer }) => pointer);
}

describe("creating a key", () => {
  test("shows its text once, and masks it wherever it might leak", async () => {
    const { tenon } = createTestKit();
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: ["posts:read"] });
    const text = key.secret.reveal();
    expect(text).toMatch(/^sk_live_[0-9A-Za-z]{49}$/);
    expect(text.startsWith(key.start)).toBe(true);
    for (const shown of [
      JSON.stringify(key),
      inspect(key, { depth: 9, showHidden: true }),
      `${key.secret}`,
    ]) {
      expect(shown).not.toContain(text);
    }
    expect(JSON.stringify(await tenon.apiKeys.get({ tenantId: TENANT, keyId: key.id }))).not.toContain(
      text.slice(20),
    );
  });

  test("names every offending field at once and stores nothing", async () => {
    const { tenon, clock } = createTestKit({ scopes: { "posts:read": "Read posts" } });
    const problems = await problemsOf(
      tenon.apiKeys.create({
        tenantId: TENANT,
        name: "Bad",
        scopes: ["posts:read", "posts:delete"],
        environment: "staging",
        ipAllowlist: ["10.0.0.0/33"],
        expiresAt: new Date(clock.now().getTime() - 1),
      }),
    );
    expect(problems).toEqual(["/environment", "/scopes/1", "/ipAllowlist/0", "/expiresAt"]);
    expect((await tenon.apiKeys.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test.each([
    ["a limit of 0", { limits: [{ ...HOUR, limit: 0 }] }, "/limits/0/limit"],
    ["a window of half a second", { limits: [{ ...HOUR, windowSeconds: 0.5 }] }, "/limits/0/windowSeconds"],
    ["two limits of one name", { limits: [HOUR, HOUR] }, "/limits/1/name"],
    ["a tenant of 129 characters", { tenantId: "x".repeat(129) }, "/tenantId"],
    ["a tenant with a control character", { tenantId: "a\u0000b" }, "/tenantId"],
    ["no name", { name: "" }, "/name"],
    ["metadata that is no JSON", { metadata: { n: 1n } }, "/metadata"],
    ["metadata with a NUL", { metadata: { text: "a\u0000b" } }, "/metadata"],
    ["metadata with half a surrogate pair", { metadata: { text: "\ud800" } }, "/metadata"],
    ["an unknown option", { scope: ["posts:read"] }, ""],
    ["a scope with a space", { scopes: ["posts read"] }, "/scopes/0"],
  ])("refuses %s", async (_, change, pointer) => {
    const { tenon } = createTestKit();
    const input = { tenantId: TENANT, name: "Bad", scopes: [], ...change };
    expect(await problemsOf(tenon.apiKeys.create(input))).toContain(pointer);
  });

  test("grants `posts:*` only where the host switched wildcards on", async () => {
    const scopes = { "posts:read": "Read posts" };
    const input = { tenantId: TENANT, name: "Wild", scopes: ["posts:*"] };
    expect(await problemsOf(createTestKit({ scopes }).tenon.apiKeys.create(input))).toEqual(["/scopes/0"]);
    const { tenon } = createTestKit({ scopes, wildcardScopes: true });
    const key = await tenon.apiKeys.create(input);
    expect(
      await tenon.apiKeys.authenticate({ key: key.secret.reveal(), scopes: ["posts:read"] }),
    ).toMatchObject({ ok: true });
  });
});

describe("authenticating", () => {
  test("says why a key is refused, in the order form, record, status, address, scopes, limits", async () => {
    const { tenon, clock } = createTestKit();
    const key = await tenon.apiKeys.create({
      tenantId: TENANT,
      name: "Strict",
      scopes: ["a"],
      limits: [HOUR],
      ipAllowlist: ["192.0.2.0/24"],
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    const text = key.secret.reveal();
    const good = { key: text, scopes: ["a"], clientAddress: "192.0.2.9" };
    const refusal = async (change: object) => {
      const result = await tenon.apiKeys.authenticate({ ...good, ...change });
      return result.ok ? "ok" : result.reason;
    };
    expect(await refusal({ key: text.slice(0, -1) })).toBe("malformed");
    expect(await refusal({ key: `sk_live_${"a".repeat(2_000_000)}` })).toBe("malformed");
    expect(await refusal({ clientAddress: "198.51.100.1" })).toBe("ip_not_allowed");
    expect(await refusal({ scopes: ["a", "b"] })).toBe("insufficient_scope");
    expect(await refusal({})).toBe("ok");
    expect(await refusal({})).toBe("ok");
    expect(await refusal({})).toBe("rate_limited");
    clock.advance(60_000);
    expect(await refusal({})).toBe("expired");
    await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: key.id });
    expect(await refusal({})).toBe("revoked");
  });

  test("a key of another kit's storage is unknown", async () => {
    const [here, there] = [createTestKit(), createTestKit()];
    const key = await there.tenon.apiKeys.create({ tenantId: TENANT, name: "Elsewhere", scopes: [] });
    expect(await here.tenon.apiKeys.authenticate({ key: key.secret.reveal() })).toEqual({
      ok: false,
      reason: "unknown",
    });
  });

  test("a refusal for scopes spends no quota", async () => {
    const { tenon } = createTestKit();
    const key = await tenon.apiKeys.create({
      tenantId: TENANT,
      name: "Quota",
      scopes: ["a"],
      limits: [HOUR],
    });
    const text = key.secret.reveal();
    for (let call = 0; call < 5; call++) await tenon.apiKeys.authenticate({ key: text, scopes: ["b"] });
    expect(await tenon.apiKeys.authenticate({ key: text })).toMatchObject({
      ok: true,
      limits: [{ remaining: 1 }],
    });
  });

  test("a request that breaks a rule is refused, and neither takes nor gives", async () => {
    const { tenon } = createTestKit();
    const asked = { tenantId: TENANT, name: "Strict", scopes: [], limits: [HOUR] };
    const key = (await tenon.apiKeys.create(asked)).secret.reveal();
    const refusals: readonly (readonly [mistake: object, pointer: string])[] = [
      [{ cost: -5 }, "/cost"],
      [{ cost: 0.5 }, "/cost"],
      [{ cost: Number.NaN }, "/cost"],
      [{ cost: "2" }, "/cost"],
      [{ scopes: "posts:read" }, "/scopes"],
      [{ scopes: { anyOf: "posts:read" } }, "/scopes"],
      [{ scope: ["posts:read"] }, "/scope"],
      [{ clientAddress: 1 }, "/clientAddress"],
      [{ key: 1 }, "/key"],
    ];
    for (const [mistake, pointer] of refusals) {
      expect(await problemsOf(tenon.apiKeys.authenticate({ key, ...mistake }))).toEqual([pointer]);
    }
    expect(await problemsOf(tenon.apiKeys.authenticate(undefined as never))).toEqual([""]);
    expect(await tenon.apiKeys.authenticate({ key })).toMatchObject({ ok: true, limits: [{ remaining: 1 }] });
  });

  test("16 clients at once on one key with a limit of 500 an hour: exactly 500 are accepted", async () => {
    const { tenon } = createTestKit();
    const limits = [{ ...HOUR, limit: 500 }];
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Busy", scopes: [], limits });
    const client = async () => {
      let accepted = 0;
      for (let call = 0; call < 40; call++) {
        if ((await tenon.apiKeys.authenticate({ key: key.secret.reveal() })).ok) accepted += 1;
      }
      return accepted;
    };
    const accepted = await Promise.all(Array.from({ length: 16 }, client));
    expect(accepted.reduce((sum, count) => sum + count)).toBe(500);
  });
});

describe("the record cache", () => {
  test("a revocation in this process counts at once, although the key was warm", async () => {
    const { tenon } = createTestKit();
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Leaked", scopes: [] });
    expect(await tenon.apiKeys.authenticate({ key: key.secret.reveal() })).toMatchObject({ ok: true });
    await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: key.id });
    expect(await tenon.apiKeys.authenticate({ key: key.secret.reveal() })).toMatchObject({
      reason: "revoked",
    });
  });

  test("a read that began before the revocation doesn't bring the key back", async () => {
    const storage = memoryStorage();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow = {
      ...storage,
      apiKeys: {
        ...storage.apiKeys,
        async findByHash(request: { hash: string }) {
          const record = await storage.apiKeys.findByHash(request);
          await held;
          return record;
        },
      },
    };
    const { tenon } = createTestKit({ storage: slow });
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Raced", scopes: [] });
    const reading = tenon.apiKeys.authenticate({ key: key.secret.reveal() });
    await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: key.id });
    letGo();
    await reading;
    expect(await tenon.apiKeys.authenticate({ key: key.secret.reveal() })).toMatchObject({
      reason: "revoked",
    });
  });

  test("a revocation that commits later is not undone by a read in between", async () => {
    const { tenon, storage } = createTestKit();
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Bound", scopes: [] });
    const text = key.secret.reveal();
    await storage.transaction(async (handle) => {
      await tenon.within(handle).apiKeys.revoke({ tenantId: TENANT, keyId: key.id });
      expect(await tenon.apiKeys.authenticate({ key: text })).toMatchObject({ ok: true });
    });
    expect(await tenon.apiKeys.authenticate({ key: text })).toMatchObject({ reason: "revoked" });
  });

  test("with the storage out, a warm key lives on for the cache's lifetime and a cold one is a storage fault", async () => {
    const good = memoryStorage();
    let isOut = false;
    const refuseWhenOut = async () => {
      if (isOut) {
        throw new StorageError("STORAGE_UNAVAILABLE", "out", {
          operation: "apiKeys.findByHash",
          retryable: true,
        });
      }
    };
    const storage = {
      ...good,
      apiKeys: {
        ...good.apiKeys,
        findByHash: (request: { hash: string }) =>
          refuseWhenOut().then(() => good.apiKeys.findByHash(request)),
      },
      rateLimits: {
        ...good.rateLimits,
        consume: (request: Parameters<typeof good.rateLimits.consume>[0]) =>
          refuseWhenOut().then(() => good.rateLimits.consume(request)),
      },
    };
    const { tenon, clock, logLines } = createTestKit({ storage });
    const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Warm", scopes: [], limits: [HOUR] });
    const text = key.secret.reveal();
    await tenon.apiKeys.authenticate({ key: text });
    isOut = true;
    clock.advance(4_999);
    expect(await tenon.apiKeys.authenticate({ key: text })).toMatchObject({ ok: true });
    expect(logLines.join("\n")).toContain("counted in this process alone");
    clock.advance(1);
    await expect(tenon.apiKeys.authenticate({ key: text })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
    });
    expect(logLines.join("\n")).not.toContain(text);
  });
});

describe("reading keys", () => {
  test("another tenant's key is not found, by any method", async () => {
    const { tenon } = createTestKit();
    const { id: keyId, secret } = await tenon.apiKeys.create({ tenantId: TENANT, name: "Mine", scopes: [] });
    const other = { tenantId: "other", keyId };
    await expect(tenon.apiKeys.get(other)).rejects.toMatchObject({ code: "API_KEY_NOT_FOUND", status: 404 });
    await expect(tenon.apiKeys.revoke(other)).rejects.toMatchObject({ code: "API_KEY_NOT_FOUND" });
    expect((await tenon.apiKeys.list({ tenantId: "other" })).items).toEqual([]);
    expect(await tenon.apiKeys.authenticate({ key: secret.reveal() })).toMatchObject({ ok: true });
  });

  test("pages go newest first and end", async () => {
    const { tenon, clock } = createTestKit();
    for (const name of ["first", "second", "third"]) {
      await tenon.apiKeys.create({ tenantId: TENANT, name, scopes: [] });
      clock.advance(1);
    }
    const page = await tenon.apiKeys.list({ tenantId: TENANT, limit: 2 });
    expect(page.items.map(({ name }) => name)).toEqual(["third", "second"]);
    const cursor = page.nextCursor ?? expect.unreachable("there is another page");
    const rest = await tenon.apiKeys.list({ tenantId: TENANT, limit: 2, cursor });
    expect(rest).toMatchObject({ items: [{ name: "first" }], nextCursor: undefined });
  });
});
