import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const ADA = {
  actorId: "ada",
  kind: "user",
  ip: "203.0.113.7",
  userAgent: "curl/8",
  correlationId: "req-1",
} as const;
const DAY_MS = 86_400_000;
const URL_OF_PARTNER = "https://partner.example/hooks";

async function actionsOf({ tenon }: TestKit): Promise<readonly string[]> {
  const { items } = await tenon.audit.list({ tenantId: TENANT, limit: 100 });
  return items.map(({ action }) => action).reverse();
}

function createKey({ tenon }: TestKit) {
  return tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: ["posts:read"] });
}

function createEndpoint({ tenon }: TestKit) {
  return tenon.endpoints.create({ tenantId: TENANT, url: URL_OF_PARTNER, eventTypes: ["*"] });
}

describe("who, what, when and from where", () => {
  test("a change is recorded as done by whoever it was done for", async () => {
    const kit = createTestKit();
    const { id } = await createKey(kit);
    await kit.tenon.actingAs(ADA).apiKeys.revoke({ tenantId: TENANT, keyId: id });
    const { items } = await kit.tenon.audit.list({ tenantId: TENANT });
    expect(items).toMatchObject([
      {
        action: "api_key.revoked",
        status: "success",
        actorId: "ada",
        actorKind: "user",
        ip: "203.0.113.7",
        userAgent: "curl/8",
        correlationId: "req-1",
        target: { type: "api_key", id },
        occurredAt: kit.clock.now(),
        changes: { revokedAt: { from: null, to: kit.clock.now().toISOString() } },
      },
      { action: "api_key.created", actorId: "host", target: { type: "api_key", id } },
    ]);
  });

  test("an actor without an id is refused, and a strange client is recorded as far as it can be", async () => {
    const { tenon } = createTestKit();
    expect(() => tenon.actingAs({ actorId: "" })).toThrow(/\/actorId/);
    const strange = tenon.actingAs({ actorId: "ada", userAgent: `\u0000\ud800${"x".repeat(9_999)}` });
    await strange.apiKeys.create({ tenantId: TENANT, name: "Key", scopes: [] });
    const { items } = await tenon.audit.list({ tenantId: TENANT });
    expect(items[0]?.userAgent).toBe(`\uFFFD\uFFFD${"x".repeat(510)}`);
  });
});

describe("every change of management is recorded, and only what changed anything", () => {
  test("of API keys", async () => {
    const kit = createTestKit();
    const { tenon } = kit;
    const { id: keyId } = await createKey(kit);
    const one = { tenantId: TENANT, keyId };
    await tenon.apiKeys.update({ ...one, name: "Make" });
    await tenon.apiKeys.update({ ...one, name: "Make" });
    await tenon.apiKeys.disable(one);
    await tenon.apiKeys.disable(one);
    await tenon.apiKeys.enable(one);
    const { successor } = await tenon.apiKeys.rotate({ ...one, graceSeconds: 60 });
    const keyIds = [keyId, successor.id];
    await tenon.apiKeys.revoke(one);
    await tenon.apiKeys.revokeMany({ tenantId: TENANT, keyIds });
    await tenon.apiKeys.createMany({
      tenantId: TENANT,
      keys: [
        { name: "A", scopes: [], ownerId: "user-7" },
        { name: "B", scopes: [], ownerId: "user-7" },
      ],
    });
    await tenon.apiKeys.revokeMany({ tenantId: TENANT, ownerId: "user-7" });
    await tenon.apiKeys.import({
      tenantId: TENANT,
      keys: [{ name: "Old", scopes: [], hash: "a".repeat(64), start: "old_" }],
    });
    expect(await actionsOf(kit)).toEqual([
      "api_key.created",
      "api_key.updated",
      "api_key.disabled",
      "api_key.enabled",
      "api_key.rotated",
      "api_key.revoked",
      "api_key.revoked",
      "api_key.created",
      "api_key.created",
      "api_key.revoked",
      "api_key.revoked",
      "api_key.imported",
    ]);
    const [rotated] = (await tenon.audit.list({ tenantId: TENANT, action: "api_key.rotated" })).items;
    expect(rotated?.changes).toMatchObject({ successorId: { from: null, to: successor.id } });
    expect(rotated?.metadata).toEqual({ successorId: successor.id, graceSeconds: 60 });
  });

  test("of endpoints, and every look at a signing secret", async () => {
    const kit = createTestKit();
    const { endpoints, audit } = kit.tenon;
    const { id: endpointId } = await createEndpoint(kit);
    const one = { tenantId: TENANT, endpointId };
    await endpoints.update({ ...one, name: "Shop", headers: { "x-auth": "hunter2" } });
    await endpoints.disable(one);
    await endpoints.disable(one);
    await endpoints.enable(one);
    await endpoints.enable(one);
    await endpoints.rotateSecret(one);
    await endpoints.revealSecret(one);
    await endpoints.delete(one);
    expect(await actionsOf(kit)).toEqual([
      "endpoint.created",
      "endpoint.updated",
      "endpoint.disabled",
      "endpoint.enabled",
      "endpoint.secret_rotated",
      "endpoint.secret_revealed",
      "endpoint.deleted",
    ]);
    const { items } = await audit.list({ tenantId: TENANT, target: { type: "endpoint", id: endpointId } });
    expect(items).toHaveLength(7);
    expect(items.find(({ action }) => action === "endpoint.updated")?.changes).toEqual({
      name: { from: null, to: "Shop" },
      sealedHeaders: { from: null, to: "[redacted]" },
    });
  });

  test("of deliveries", async () => {
    const kit = createTestKit();
    const { tenon, transport } = kit;
    const endpoint = await createEndpoint(kit);
    const since = kit.clock.now();
    transport.answer(410);
    const { message } = await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
    await tenon.webhooks.runOnce();
    await tenon.endpoints.enable({ tenantId: TENANT, endpointId: endpoint.id });
    const [delivery] = (await tenon.deliveries.list({ tenantId: TENANT })).items;
    const one = { tenantId: TENANT, deliveryId: delivery?.id ?? "" };
    await tenon.deliveries.retry(one);
    await tenon.deliveries.discard(one);
    await tenon.deliveries.discard(one);
    const to = { tenantId: TENANT, endpointId: endpoint.id };
    await tenon.deliveries.resend({ ...to, messageId: message.id });
    await tenon.endpoints.disable(to);
    await tenon.endpoints.enable({ ...to, held: "cancel" });
    await tenon.deliveries.recover({ ...to, since });
    const { id: endpointId } = await createEndpoint(kit);
    await tenon.deliveries.replay({ ...to, endpointId, since });
    expect(await actionsOf(kit)).toEqual([
      "endpoint.created",
      "endpoint.enabled",
      "delivery.retried",
      "delivery.discarded",
      "delivery.resent",
      "endpoint.disabled",
      "delivery.cancelled",
      "endpoint.enabled",
      "endpoint.created",
      "delivery.replayed",
    ]);
    const [replayed] = (await tenon.audit.list({ tenantId: TENANT, limit: 1 })).items;
    expect(replayed?.metadata).toEqual({ since: since.toISOString(), count: 1 });
  });

  test("publishing, delivering and using a key are not", async () => {
    const kit = createTestKit();
    const { tenon } = kit;
    const { secret } = await createKey(kit);
    const { id: endpointId } = await createEndpoint(kit);
    await tenon.apiKeys.authenticate({ key: secret.reveal() });
    await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: {} });
    await tenon.endpoints.sendTest({ tenantId: TENANT, endpointId });
    await tenon.webhooks.runOnce();
    expect(await actionsOf(kit)).toEqual(["api_key.created", "endpoint.created"]);
  });

  test("what is refused changes nothing and is not recorded", async () => {
    const kit = createTestKit();
    const { tenon } = kit;
    const { id: keyId } = await createKey(kit);
    const theirs = { tenantId: "globex", keyId };
    await expect(tenon.apiKeys.revoke(theirs)).rejects.toThrow("no API key");
    await expect(tenon.apiKeys.rotate({ ...theirs, graceSeconds: 0 })).rejects.toThrow("no API key");
    await expect(tenon.apiKeys.update({ tenantId: TENANT, keyId, scopes: [""] })).rejects.toThrow(
      "/scopes/0",
    );
    expect(await actionsOf(kit)).toEqual(["api_key.created"]);
    expect((await tenon.audit.list({ tenantId: "globex" })).items).toEqual([]);
  });

  test("no secret is in the log", async () => {
    const kit = createTestKit();
    const { tenon } = kit;
    const key = await createKey(kit);
    const endpoint = await tenon.endpoints.create({
      tenantId: TENANT,
      url: `${URL_OF_PARTNER}?token=hunter2`,
      eventTypes: ["*"],
      headers: { "x-auth": "hunter2" },
      metadata: { password: "hunter2" },
    });
    const reference = { tenantId: TENANT, endpointId: endpoint.id };
    const revealed = await tenon.endpoints.revealSecret(reference);
    await tenon.endpoints.delete(reference);
    await tenon.audit.record({
      tenantId: TENANT,
      action: "data.sync",
      metadata: { accessToken: "hunter2" },
      changes: { password: { from: "hunter2", to: "hunter2" } },
    });
    const text = JSON.stringify(await tenon.audit.list({ tenantId: TENANT }));
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(key.secret.reveal());
    expect(text).not.toContain(revealed.reveal());
  });
});

describe("in the change's own transaction", () => {
  test("entries appear and vanish with the host's", async () => {
    const kit = createTestKit();
    const { tenon, storage } = kit;
    const create = async (handle: unknown, name: string) => {
      const bound = tenon.within(handle).actingAs(ADA);
      await bound.apiKeys.create({ tenantId: TENANT, name, scopes: [] });
      await bound.audit.record({ tenantId: TENANT, action: "data.sync" });
      expect((await bound.audit.list({ tenantId: TENANT })).items).toHaveLength(2);
    };
    const undone = storage.transaction(async (handle) => {
      await create(handle, "undone");
      throw new Error("roll back");
    });
    await expect(undone).rejects.toThrow("roll back");
    expect(await actionsOf(kit)).toEqual([]);
    await storage.transaction((handle) => create(handle, "kept"));
    expect(await actionsOf(kit)).toEqual(["api_key.created", "data.sync"]);
  });

  test("a change that can't be recorded isn't made", async () => {
    const kit = createTestKit();
    const { id: keyId } = await createKey(kit);
    const { storage } = kit;
    const failing = createTestKit({
      storage: {
        ...storage,
        bind: (handle) => ({
          ...storage.bind(handle),
          audit: { ...storage.audit, insert: () => Promise.reject(new Error("the disk is full")) },
        }),
      },
    });
    await expect(failing.tenon.apiKeys.revoke({ tenantId: TENANT, keyId })).rejects.toThrow("disk is full");
    expect((await kit.tenon.apiKeys.get({ tenantId: TENANT, keyId })).revokedAt).toBeUndefined();
  });

  test("changes that meet are each recorded as they happened", async () => {
    const kit = createTestKit();
    const { id: keyId } = await createKey(kit);
    const names = ["1", "2", "3", "4", "5", "6"];
    await Promise.all(names.map((name) => kit.tenon.apiKeys.update({ tenantId: TENANT, keyId, name })));
    const { items } = await kit.tenon.audit.list({ tenantId: TENANT, action: "api_key.updated" });
    const steps = items.map(({ changes }) => changes.name).reverse();
    expect(steps.map((step) => step?.from)).toEqual([
      "Zapier",
      ...steps.slice(0, -1).map((step) => step?.to),
    ]);
    expect(steps).toHaveLength(6);
  });
});

describe("retention", () => {
  test("entries are removed by `prune` after 400 days, or as many as the host says, or never", async () => {
    for (const [retentionDays, removed] of [
      [undefined, 1],
      [1, 2],
      ["keep", 0],
    ] as const) {
      const kit = createTestKit(retentionDays === undefined ? {} : { audit: { retentionDays } });
      const { tenon, clock } = kit;
      await tenon.audit.record({ tenantId: TENANT, action: "step.one" });
      clock.advance(399 * DAY_MS);
      await tenon.audit.record({ tenantId: TENANT, action: "step.two" });
      clock.advance(DAY_MS);
      await tenon.audit.record({ tenantId: TENANT, action: "step.three" });
      expect(await tenon.prune()).toMatchObject({ auditRecords: removed });
      expect(await actionsOf(kit)).toEqual(["step.one", "step.two", "step.three"].slice(removed));
    }
  });
});

describe("the host's own entries", () => {
  test("are recorded with a status, a message and what they are about, and found by each of these", async () => {
    const kit = createTestKit();
    const { tenon } = kit;
    const target = { type: "integration", id: "int-1" };
    await tenon.audit.record({
      tenantId: TENANT,
      action: "data.sync",
      status: "success",
      message: "Integration activity",
      target,
      metadata: { path: "/posts", statusCode: 200, durationMs: 12 },
    });
    kit.clock.advance(1_000);
    await tenon.actingAs(ADA).audit.record({ tenantId: TENANT, action: "data.sync", status: "failure" });
    const list = async (filter: object) => (await tenon.audit.list({ tenantId: TENANT, ...filter })).items;
    expect(await list({})).toMatchObject([{ status: "failure" }, { status: "success", target }]);
    expect(await list({ target })).toMatchObject([
      {
        message: "Integration activity",
        metadata: { path: "/posts", statusCode: 200, durationMs: 12 },
        actorId: "host",
      },
    ]);
    expect(await list({ actorId: "ada" })).toHaveLength(1);
    expect(await list({ from: kit.clock.now() })).toMatchObject([{ actorId: "ada" }]);
    expect(await list({ to: kit.clock.now() })).toMatchObject([{ actorId: "host" }]);
  });

  test("are listed page after page", async () => {
    const { tenon } = createTestKit();
    for (let count = 0; count < 5; count++) {
      await tenon.audit.record({ tenantId: TENANT, action: `step.${count}` });
    }
    const first = await tenon.audit.list({ tenantId: TENANT, limit: 3 });
    await tenon.audit.record({ tenantId: TENANT, action: "step.later" });
    const rest = await tenon.audit.list({ tenantId: TENANT, limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ action }) => action)).toEqual([
      "step.4",
      "step.3",
      "step.2",
      "step.1",
      "step.0",
    ]);
    expect(rest.nextCursor).toBeUndefined();
  });

  test("bad ones are refused, naming the place", async () => {
    const { tenon } = createTestKit();
    await expect(tenon.audit.record({ tenantId: TENANT, action: "Data Sync" })).rejects.toThrow("/action");
    const changes = { name: { was: 1 } } as unknown as Record<string, { from: unknown; to: unknown }>;
    await expect(tenon.audit.record({ tenantId: TENANT, action: "a.b", changes })).rejects.toThrow(
      "/changes/name",
    );
    await expect(
      tenon.audit.record({ tenantId: TENANT, action: "a.b", metadata: { text: "\u0000" } }),
    ).rejects.toThrow("/metadata");
    expect((await tenon.audit.list({ tenantId: TENANT })).items).toEqual([]);
  });
});
