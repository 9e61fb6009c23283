import { createTenon } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

async function fill({ tenon }: Pick<TestKit, "tenon">, tenantId = TENANT) {
  const key = await tenon.apiKeys.create({ tenantId, name: "Zapier", scopes: [], ownerId: "user-7" });
  const url = "https://partner.example/hooks";
  const endpoint = await tenon.endpoints.create({ tenantId, url, eventTypes: ["*"] });
  await tenon.webhooks.publish({ tenantId, type: "post.published", data: {} });
  return { key, endpoint };
}

describe("erasing a tenant", () => {
  test("leaves nothing of it, and tells how much there was; repeated, it removes nothing", async () => {
    const kit = createTestKit();
    const { key } = await fill(kit);
    await fill(kit, "globex");
    await kit.tenon.apiKeys.authenticate({ key: key.secret.reveal() });
    expect(await kit.tenon.tenants.erase({ tenantId: TENANT })).toMatchObject({
      ...{ apiKeys: 1, endpoints: 1, messages: 1, deliveries: 1, attempts: 0 },
    });
    for (const resource of [
      kit.tenon.apiKeys,
      kit.tenon.endpoints,
      kit.tenon.messages,
      kit.tenon.deliveries,
    ]) {
      expect((await resource.list({ tenantId: TENANT })).items).toEqual([]);
      expect((await resource.list({ tenantId: "globex" })).items).toHaveLength(1);
    }
    expect(Object.values(await kit.tenon.tenants.erase({ tenantId: TENANT }))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("its keys are refused at once, in every process, and nothing more is delivered", async () => {
    const storage = memoryStorage();
    const kit = createTestKit({ storage });
    const elsewhere = createTenon({ storage, clock: kit.clock });
    await elsewhere.start();
    const { key } = await fill(kit);
    const text = key.secret.reveal();
    expect(await elsewhere.apiKeys.authenticate({ key: text })).toMatchObject({ ok: true });
    expect(await kit.tenon.apiKeys.authenticate({ key: text })).toMatchObject({ ok: true });
    await kit.tenon.tenants.erase({ tenantId: TENANT });
    expect(await kit.tenon.apiKeys.authenticate({ key: text })).toMatchObject({ ok: false });
    expect(await elsewhere.apiKeys.authenticate({ key: text })).toMatchObject({ ok: false });
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    await elsewhere.close();
  });

  test("after a failure it goes on where it stopped", async () => {
    const good = memoryStorage();
    let calls = 0;
    const erasure: Storage["erasure"] = {
      ...good.erasure,
      async erase(request) {
        calls += 1;
        if (calls === 2) throw new Error("connection lost");
        return { ...(await good.erasure.erase({ ...request, limit: 1 })), isOver: false };
      },
    };
    const kit = createTestKit({ storage: { ...good, erasure } });
    await fill(kit);
    await expect(kit.tenon.tenants.erase({ tenantId: TENANT })).rejects.toThrow("connection lost");
    const healed = createTenon({ storage: good, clock: kit.clock });
    await healed.tenants.erase({ tenantId: TENANT });
    expect((await good.erasure.erase({ tenantId: TENANT, limit: 9 })).isOver).toBe(true);
    expect((await healed.deliveries.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("what is no tenant is refused, and nothing is erased", async () => {
    const kit = createTestKit();
    await fill(kit);
    await expect(kit.tenon.tenants.erase({ tenantId: "" })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      problems: [{ pointer: "/tenantId" }],
    });
    expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toHaveLength(1);
  });
});

describe("removing a user", () => {
  test("revokes that user's keys at once, those of others not, and counts them once", async () => {
    const kit = createTestKit();
    const { key } = await fill(kit);
    await fill(kit, "globex");
    await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "other", scopes: [], ownerId: "user-8" });
    await kit.tenon.apiKeys.authenticate({ key: key.secret.reveal() });
    const user = { tenantId: TENANT, userId: "user-7" };
    expect(await kit.tenon.users.removed(user)).toEqual({ apiKeys: 1 });
    expect(await kit.tenon.apiKeys.authenticate({ key: key.secret.reveal() })).toMatchObject({
      reason: "revoked",
    });
    expect(await kit.tenon.users.removed(user)).toEqual({ apiKeys: 0 });
    const live = await kit.tenon.apiKeys.list({ tenantId: TENANT, status: "active" });
    expect(live.items.map(({ ownerId }) => ownerId)).toEqual(["user-8"]);
    expect((await kit.tenon.apiKeys.list({ tenantId: "globex", status: "active" })).items).toHaveLength(1);
  });

  test("inside the host's transaction it happens with the commit, or not at all", async () => {
    const storage = memoryStorage();
    const kit = createTestKit({ storage });
    await fill(kit);
    const user = { tenantId: TENANT, userId: "user-7" };
    const failed = storage.transaction(async (handle) => {
      expect(await kit.tenon.within(handle).users.removed(user)).toEqual({ apiKeys: 1 });
      throw new Error("rolled back");
    });
    await expect(failed).rejects.toThrow("rolled back");
    expect(await kit.tenon.users.removed(user)).toEqual({ apiKeys: 1 });
  });
});
