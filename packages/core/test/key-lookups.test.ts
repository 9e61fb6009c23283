import { ConfigError, StorageError } from "@tenon/core/errors";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

const HOUR = { name: "hour", limit: 10, windowSeconds: 3600 };

describe("a host's own cache lifetime", () => {
  test("a record is believed for as long as the host says", async () => {
    const { storage, lookups } = countedLookups();
    const { tenon, clock } = createTestKit({ storage, apiKeys: { cacheSeconds: 2 } });
    const key = await createKey(tenon);
    for (const advanceMs of [0, 1_999, 1]) {
      clock.advance(advanceMs);
      await tenon.apiKeys.authenticate({ key });
    }
    expect(lookups()).toBe(2);
  });

  test("0 looks up the key of every call", async () => {
    const { storage, lookups } = countedLookups();
    const { tenon } = createTestKit({ storage, apiKeys: { cacheSeconds: 0 } });
    const key = await createKey(tenon);
    for (let call = 0; call < 3; call++) await tenon.apiKeys.authenticate({ key });
    expect(lookups()).toBe(3);
  });

  test.each([-1, 61, 1.5])("%s seconds are refused when the kit is made", (cacheSeconds) => {
    expect(() => createTestKit({ apiKeys: { cacheSeconds } })).toThrow(ConfigError);
  });
});

test("what a host is shown of a key is nothing that another call could find changed", async () => {
  const { storage } = countedLookups();
  const thawed = async (request: { readonly hash: string }) =>
    structuredClone(await storage.apiKeys.findByHash(request));
  const { tenon } = createTestKit({
    storage: { ...storage, apiKeys: { ...storage.apiKeys, findByHash: thawed } },
  });
  const metadata = { plan: { seats: 1 } };
  const created = await tenon.apiKeys.create({ tenantId: TENANT, name: "Shared", scopes: ["a"], metadata });
  const key = created.secret.reveal();
  for (let call = 0; call < 2; call++) {
    const result = await tenon.apiKeys.authenticate({ key });
    if (!result.ok) throw new Error(result.reason);
    const shown = result.key as unknown as { scopes: string[]; metadata: typeof metadata };
    expect([shown.scopes, shown.metadata]).toEqual([["a"], metadata]);
    expect(() => shown.scopes.push("admin")).toThrow(TypeError);
    expect(() => Object.assign(shown.metadata.plan, { seats: 9 })).toThrow(TypeError);
  }
});

describe("a storage that is out", () => {
  test("is logged as what it kept from happening: a lookup, or a closed limit", async () => {
    const good = memoryStorage();
    const out = new Set<string>();
    const refuseWhenOut = (operation: string) => {
      if (out.has(operation))
        throw new StorageError("STORAGE_UNAVAILABLE", "out", { operation, retryable: true });
    };
    const storage: Storage = {
      ...good,
      apiKeys: {
        ...good.apiKeys,
        async findByHash(request) {
          refuseWhenOut("apiKeys.findByHash");
          return good.apiKeys.findByHash(request);
        },
      },
      rateLimits: {
        ...good.rateLimits,
        async consume(request) {
          refuseWhenOut("rateLimits.consume");
          return good.rateLimits.consume(request);
        },
      },
    };
    const { tenon, logLines } = createTestKit({ storage });
    const key = await createKey(tenon, { ...HOUR, onStoreError: "closed" });
    const guard = tenon.http.apiKeyGuard({});
    const call = () => guard(requestWith(key));

    out.add("apiKeys.findByHash");
    expect(await call()).toMatchObject({ ok: false, reply: { status: 503 } });
    expect(logLines.join()).toContain("could not be looked up");

    const toldBefore = logLines.length;
    out.clear();
    expect(await call()).toMatchObject({ ok: true });
    out.add("rateLimits.consume");
    expect(await call()).toMatchObject({ ok: false, reply: { status: 503 } });
    const told = logLines.slice(toldBefore).join();
    expect(told).toContain("rate-limit store is out");
    expect(told).not.toContain("could not be looked up");
  });
});

function countedLookups(): { readonly storage: Storage; lookups(): number } {
  const good = memoryStorage();
  let count = 0;
  const findByHash: Storage["apiKeys"]["findByHash"] = (request) => {
    count += 1;
    return good.apiKeys.findByHash(request);
  };
  return { storage: { ...good, apiKeys: { ...good.apiKeys, findByHash } }, lookups: () => count };
}

async function createKey(
  tenon: ReturnType<typeof createTestKit>["tenon"],
  limit: typeof HOUR & { readonly onStoreError?: "closed" } = HOUR,
): Promise<string> {
  const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Mine", scopes: [], limits: [limit] });
  return key.secret.reveal();
}

function requestWith(key: string) {
  return {
    identity: {},
    notes: new Map(),
    method: "GET",
    url: () => "/",
    headerValues: (name: string) => (name === "x-api-key" ? [key] : []),
    connectionAddress: () => "203.0.113.7",
  };
}
