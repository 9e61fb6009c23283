import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

async function twoKits(storage: Storage = memoryStorage()) {
  const [here, there] = [createTestKit({ storage }), createTestKit({ storage })];
  const key = await here.tenon.apiKeys.create({ tenantId: TENANT, name: "Shared", scopes: [] });
  const judge = async () => {
    const result = await there.tenon.apiKeys.authenticate({ key: key.secret.reveal() });
    return result.ok ? "ok" : result.reason;
  };
  return { here, there, judge, reference: { tenantId: TENANT, keyId: key.id } };
}

test("a started kit hears at once what another on its storage does to a warm key", async () => {
  const { here, there, judge, reference } = await twoKits();
  await there.tenon.start();
  expect(await judge()).toBe("ok");
  await here.storage.apiKeys.disable(reference);
  expect(await judge()).toBe("disabled");
  await here.storage.apiKeys.enable(reference);
  expect(await judge()).toBe("ok");
  await here.tenon.apiKeys.revoke(reference);
  expect(await judge()).toBe("revoked");
  await there.tenon.close();
});

test("a kit that was never started notices a revocation within the cache lifetime", async () => {
  const { here, there, judge, reference } = await twoKits();
  expect(await judge()).toBe("ok");
  await here.tenon.apiKeys.revoke(reference);
  there.clock.advance(4_999);
  expect(await judge()).toBe("ok");
  there.clock.advance(1);
  expect(await judge()).toBe("revoked");
});

test("a read held open while the news of a revocation lands brings the key back to nobody", async () => {
  const storage = memoryStorage();
  const gate = holdReads();
  const slow: Storage = {
    ...storage,
    apiKeys: {
      ...storage.apiKeys,
      async findByHash(request) {
        const record = await storage.apiKeys.findByHash(request);
        await gate.pass();
        return record;
      },
    },
  };
  const { here, there, judge, reference } = await twoKits(slow);
  await there.tenon.start();
  gate.holdNext();
  const reading = judge();
  await gate.held();
  await here.tenon.apiKeys.revoke(reference);
  expect(await judge()).toBe("revoked");
  gate.open();
  expect(await reading).toBe("ok");
  expect(await judge()).toBe("revoked");
  await there.tenon.close();
});

test("a revocation in a transaction is heard when it commits, and not when it is rolled back", async () => {
  const storage = memoryStorage();
  const { here, there, judge, reference } = await twoKits(storage);
  await there.tenon.start();
  expect(await judge()).toBe("ok");
  const undone = storage.transaction(async (handle) => {
    await here.tenon.within(handle).apiKeys.revoke(reference);
    throw new Error("roll back");
  });
  await expect(undone).rejects.toThrow("roll back");
  expect(await judge()).toBe("ok");
  await storage.transaction(async (handle) => {
    await here.tenon.within(handle).apiKeys.revoke(reference);
    expect(await judge()).toBe("ok");
  });
  expect(await judge()).toBe("revoked");
  await there.tenon.close();
});

test("a transaction that outlasts the cache lifetime revokes at once in its own process, once it is said to be committed", async () => {
  const storage = memoryStorage();
  const { here, reference } = await twoKits(storage);
  const created = await here.tenon.apiKeys.create({ tenantId: TENANT, name: "Long", scopes: [] });
  const judge = async () => (await here.tenon.apiKeys.authenticate({ key: created.secret.reveal() })).ok;
  const bound = await storage.transaction(async (handle) => {
    const inside = here.tenon.within(handle);
    await inside.apiKeys.revoke({ ...reference, keyId: created.id });
    here.clock.advance(5_000);
    expect(await judge()).toBe(true);
    return inside;
  });
  await bound.committed();
  expect(await judge()).toBe(false);
});

test("a closed kit listens no longer, and may be started again", async () => {
  const { here, there, judge, reference } = await twoKits();
  await there.tenon.start();
  await there.tenon.close();
  expect(await judge()).toBe("ok");
  await here.storage.apiKeys.disable(reference);
  expect(await judge()).toBe("ok");
  await there.tenon.start();
  expect(await judge()).toBe("disabled");
  await there.tenon.close();
});

test("reads inside a bound kit neither use the cache nor fill it", async () => {
  const storage = memoryStorage();
  const { here, judge, reference } = await twoKits(storage);
  expect(await judge()).toBe("ok");
  const undone = storage.transaction(async (handle) => {
    const bound = here.tenon.within(handle);
    await bound.apiKeys.revoke(reference);
    expect(await bound.apiKeys.get(reference)).toMatchObject({ status: "revoked" });
    throw new Error("roll back");
  });
  await expect(undone).rejects.toThrow("roll back");
  expect(await here.tenon.apiKeys.get(reference)).toMatchObject({ status: "active" });
  expect(await judge()).toBe("ok");
});

/** Holds one read, after it has read, until it is let go. */
function holdReads() {
  let isHolding = false;
  let open = () => {};
  let report = () => {};
  const held = new Promise<void>((resolve) => {
    report = resolve;
  });
  return {
    holdNext: () => {
      isHolding = true;
    },
    held: () => held,
    open: () => open(),
    async pass() {
      if (!isHolding) return;
      isHolding = false;
      await new Promise<void>((resolve) => {
        open = resolve;
        report();
      });
    },
  };
}
