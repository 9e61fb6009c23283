import { expect } from "vitest";
import type { FacadeBench } from "./facade-bench.js";
import type { ProgramBench } from "./program-bench.js";

const DAY_MS = 86_400_000;

/** Rows 1 and 6: calls of the façade. */
export const keyCalls: Readonly<Record<string, (bench: FacadeBench) => Promise<void>>> = {
  async "1: a key begins with sk_, has 32 random bytes and lives for 365 days"({ framework, clock }) {
    const { generateApiKey } = framework.integrationAuthService;
    const scopes = ["read:data", "write:data"];
    const made = await generateApiKey("tenant-123", "My Integration", scopes);
    expect(made).toMatchObject({ tenantId: "tenant-123", name: "My Integration", scopes });
    expect(made.expiresAt).toEqual(new Date(clock.now().getTime() + 365 * DAY_MS));
    // 32 bytes are 43 characters of base62; six more are their checksum.
    expect(made.key).toMatch(/^sk_[0-9A-Za-z]{49}$/);
    const other = await generateApiKey("tenant-123", "My Integration", scopes);
    expect(other.key).not.toBe(made.key);
  },

  async "6: API_KEY_PREFIX is what keys begin with"({ configure }) {
    const { integrationAuthService, tenon } = configure({ API_KEY_PREFIX: "foo_" });
    const { key } = await integrationAuthService.generateApiKey("t6", "Theirs", []);
    expect(key).toMatch(/^foo_[0-9A-Za-z]{49}$/);
    expect(await tenon.apiKeys.authenticate({ key })).toMatchObject({ ok: true, key: { tenantId: "t6" } });
  },
};

/** Rows 2 to 5: requests. */
export const keyRequests: Readonly<Record<string, (bench: ProgramBench) => Promise<void>>> = {
  async "2: no key and a wrong key are answered 401"({ call }) {
    const headers = { "x-api-key": `sk_${"0".repeat(49)}` };
    for (const reply of [
      await call("GET", "/api/data"),
      await call("GET", "/api/data", { headers }),
      await call("GET", "/api/data", { headers: { authorization: "Bearer sk_nope" } }),
    ])
      expect([reply.status, reply.json.code]).toEqual([401, "UNAUTHORIZED"]);
  },

  async "3: with a key the route answers, and sees whose it is"({ partner }) {
    const { call } = await partner("tenant-123", "read:data", "write:data");
    const reply = await call("GET", "/api/data");
    expect([reply.status, reply.json]).toMatchObject([
      200,
      { tenantId: "tenant-123", keyName: "Partner", scopes: ["read:data", "write:data"] },
    ]);
  },

  async "4: a key that may only write is answered 403"({ partner }) {
    const { call } = await partner("tenant-123", "write:data");
    const reply = await call("GET", "/api/data");
    expect([reply.status, reply.json.code]).toEqual([403, "INSUFFICIENT_SCOPE"]);
  },

  async "5: a revoked key, and one that is 365 days old, are answered 401"({ admin, partner, advance }) {
    const revoked = await partner("t5", "read:data");
    const old = await partner("t5", "read:data");
    expect((await revoked.call("GET", "/api/data")).status).toBe(200);
    await admin("t5")("DELETE", `/integrations/api-keys/${revoked.id}`);
    expect((await revoked.call("GET", "/api/data")).status).toBe(401);
    await advance(365 * DAY_MS - 60_000);
    expect((await old.call("GET", "/api/data")).status).toBe(200);
    await advance(60_000);
    expect((await old.call("GET", "/api/data")).status).toBe(401);
  },
};
