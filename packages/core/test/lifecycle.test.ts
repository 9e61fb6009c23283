import { LIFECYCLE_EVENT_TYPES, type LifecycleEvent } from "@tenon/core";
import { describe, expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const OPERATORS = "tenant.operational";
const URL_OF_PARTNER = "https://partner.example/hooks";
const DAY_MS = 86_400_000;

/** Every event that the kit tells, as it comes. */
function hear({ tenon }: Pick<TestKit, "tenon">): LifecycleEvent[] {
  const events: LifecycleEvent[] = [];
  for (const type of LIFECYCLE_EVENT_TYPES) tenon.on(type, (event) => events.push(event));
  return events;
}

function typesOf(events: readonly LifecycleEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

function createEndpoint({ tenon }: TestKit, tenantId = TENANT) {
  return tenon.endpoints.create({ tenantId, url: URL_OF_PARTNER, eventTypes: ["*"] });
}

function publish({ tenon }: TestKit, tenantId = TENANT) {
  return tenon.webhooks.publish({ tenantId, type: "post.published", data: {} });
}

describe("events of what somebody changed", () => {
  test("are told with who did it and what it was done to", async () => {
    const kit = createTestKit();
    const events = hear(kit);
    const ada = kit.tenon.actingAs({ actorId: "ada" });
    const key = await ada.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [], ownerId: "user-7" });
    const one = { tenantId: TENANT, keyId: key.id };
    await kit.tenon.apiKeys.update({ ...one, name: "Make" });
    const { successor } = await ada.apiKeys.rotate({ ...one, graceSeconds: 60 });
    const told = { tenantId: TENANT, keyId: key.id, ownerId: "user-7", occurredAt: kit.clock.now() };
    expect(events).toMatchObject([
      { ...told, type: "api_key.created", name: "Zapier", actorId: "ada", environment: "live" },
      { ...told, type: "api_key.updated", name: "Make", actorId: "host", changed: ["name"] },
      { ...told, type: "api_key.rotated", actorId: "ada", successorId: successor.id, graceSeconds: 60 },
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(JSON.stringify(events)).not.toContain(key.secret.reveal());
  });

  test("are told for every change of keys and endpoints, and not for what changed nothing", async () => {
    const kit = createTestKit();
    const { apiKeys, endpoints } = kit.tenon;
    const events = hear(kit);
    const { id: keyId } = await apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
    const key = { tenantId: TENANT, keyId };
    await apiKeys.disable(key);
    await apiKeys.disable(key);
    await apiKeys.enable(key);
    await apiKeys.revoke(key);
    await apiKeys.revoke(key);
    const keys = [{ name: "Old", scopes: [], hash: "a".repeat(64), start: "old_" }];
    await apiKeys.import({ tenantId: TENANT, keys });
    const { id: endpointId } = await createEndpoint(kit);
    const endpoint = { tenantId: TENANT, endpointId };
    await endpoints.update({ ...endpoint, name: "Shop" });
    await endpoints.disable(endpoint);
    await endpoints.enable(endpoint);
    await endpoints.rotateSecret({ ...endpoint, overlapSeconds: 5 });
    await endpoints.revealSecret(endpoint);
    await endpoints.delete(endpoint);
    expect(typesOf(events)).toEqual([
      "api_key.created",
      "api_key.disabled",
      "api_key.enabled",
      "api_key.revoked",
      "api_key.imported",
      "endpoint.created",
      "endpoint.updated",
      "endpoint.disabled",
      "endpoint.enabled",
      "endpoint.secret_rotated",
      "endpoint.secret_revealed",
      "endpoint.deleted",
    ]);
    expect(events[7]).toMatchObject({ reason: "manual", actorId: "host" });
    expect(events[9]).toMatchObject({ overlapSeconds: 5 });
  });

  test("of a bound kit are told once it is said to be committed, and never before", async () => {
    const { tenon, storage } = createTestKit();
    const events = hear({ tenon });
    const bound = await storage.transaction(async (handle) => {
      const inside = tenon.within(handle);
      await inside.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
      const ada = inside.actingAs({ actorId: "ada" });
      await ada.apiKeys.create({ tenantId: TENANT, name: "B", scopes: [] });
      expect(events).toEqual([]);
      return inside;
    });
    expect(events).toEqual([]);
    await bound.committed();
    expect(events).toMatchObject([{ name: "A" }, { name: "B", actorId: "ada" }]);
    await bound.committed();
    expect(events).toHaveLength(2);
  });

  test("of a change that fails are not told", async () => {
    const kit = createTestKit({ apiKeys: { maxKeysPerTenant: 1 } });
    await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
    const events = hear(kit);
    await expect(kit.tenon.apiKeys.create({ tenantId: TENANT, name: "B", scopes: [] })).rejects.toThrow();
    expect(events).toEqual([]);
  });
});

describe("handlers", () => {
  test("that throw or reject break nothing, are logged once an event, and the others are told", async () => {
    const { tenon, logLines } = createTestKit();
    const names: string[] = [];
    tenon.on("api_key.created", () => {
      throw new Error("thrown");
    });
    tenon.on("api_key.created", () => Promise.reject(new Error("rejected")));
    tenon.on("api_key.created", ({ name }) => void names.push(name));
    await tenon.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
    expect(names).toEqual(["A"]);
    await Promise.resolve();
    const lines = logLines.filter((line) => line.startsWith("a lifecycle handler failed"));
    expect(lines).toHaveLength(2);
    expect(lines.join()).toMatch(/thrown.*rejected/s);
  });

  test("that never end hold nobody up", async () => {
    const { tenon } = createTestKit();
    tenon.on("api_key.created", () => new Promise(() => {}));
    await tenon.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
    expect((await tenon.apiKeys.list({ tenantId: TENANT })).items).toHaveLength(1);
  });

  test("are told until they end their subscription, each on its own", async () => {
    const { tenon } = createTestKit();
    const names: string[] = [];
    const handler = ({ name }: LifecycleEvent<"api_key.created">) => void names.push(name);
    const stop = tenon.on("api_key.created", handler);
    tenon.on("api_key.created", handler);
    await tenon.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
    stop();
    stop();
    await tenon.apiKeys.create({ tenantId: TENANT, name: "B", scopes: [] });
    expect(names).toEqual(["A", "A", "B"]);
  });
});

describe("events of deliveries", () => {
  test("tell of each attempt, and of what was delivered or failed for good, once it is stored", async () => {
    const kit = createTestKit({ webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 60] } } });
    const { tenon, transport, clock } = kit;
    const { id: endpointId } = await createEndpoint(kit);
    const events = hear(kit);
    const states: Promise<string>[] = [];
    tenon.on("webhook.failed", ({ tenantId, deliveryId }) => {
      states.push(tenon.deliveries.get({ tenantId, deliveryId }).then(({ state }) => state));
    });
    transport.answer(500, 503);
    const { message } = await publish(kit);
    await tenon.webhooks.runOnce();
    expect(events).toMatchObject([
      {
        type: "webhook.attempted",
        ...{ tenantId: TENANT, messageId: message.id, endpointId },
        ...{ attemptNumber: 1, succeeded: false, failureReason: "server_error", responseStatus: 500 },
      },
    ]);
    clock.advance(61_000);
    await tenon.webhooks.runOnce();
    await publish(kit);
    await tenon.webhooks.runOnce();
    expect(typesOf(events)).toEqual([
      "webhook.attempted",
      "webhook.attempted",
      "webhook.failed",
      "webhook.attempted",
      "webhook.delivered",
    ]);
    expect(events[2]).toMatchObject({ attemptNumber: 2, messageId: message.id, responseStatus: 503 });
    expect(await Promise.all(states)).toEqual(["exhausted"]);
  });

  test("tell of an endpoint that answers 410, once", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    const events = hear(kit);
    kit.transport.answer(410, 410);
    await publish(kit);
    await publish(kit);
    await kit.tenon.webhooks.runOnce();
    const disabled = events.filter(({ type }) => type === "endpoint.disabled");
    expect(disabled).toMatchObject([{ endpointId, reason: "gone", actorId: undefined }]);
    const { items } = await kit.tenon.audit.list({ tenantId: TENANT });
    expect(items.map(({ action }) => action)).toEqual(["endpoint.created"]);
  });

  test("tell of an endpoint that goes on failing, then that it was disabled", async () => {
    const kit = createTestKit({
      webhooks: {
        disableAfterDays: 4,
        retrySchedule: { kind: "list", delaysSeconds: [0, 2 * 86_400, 2 * 86_400] },
      },
    });
    const { tenon, transport, clock } = kit;
    const { id: endpointId } = await createEndpoint(kit);
    const events = hear(kit);
    transport.answer(500, 500, 500);
    const failingSince = clock.now();
    await publish(kit);
    await tenon.webhooks.runOnce();
    for (let count = 0; count < 2; count++) {
      clock.advance(2 * DAY_MS);
      await tenon.webhooks.runOnce();
    }
    const ofEndpoint = events.filter(({ type }) => type.startsWith("endpoint."));
    expect(ofEndpoint).toMatchObject([
      {
        ...{ type: "endpoint.failing", endpointId, failingSince },
        disableAt: new Date(failingSince.getTime() + 4 * DAY_MS),
      },
      { type: "endpoint.disabled", endpointId, reason: "failing" },
    ]);
  });
});

describe("events as webhooks of the operational tenant", () => {
  const lifecycle = {
    operationalTenantId: OPERATORS,
    events: ["api_key.created", "webhook.failed", "webhook.delivered", "endpoint.disabled"],
  } as const;

  /** What was published to operators: type and data. */
  async function published({ tenon }: TestKit) {
    const { items } = await tenon.messages.list({ tenantId: OPERATORS, limit: 100 });
    const bodies = items.map(({ payload }) => JSON.parse(payload ?? "{}"));
    return bodies.reverse() as readonly { readonly type: string; readonly data: Record<string, unknown> }[];
  }

  test("are signed, retried and delivered as any other, with the event's own id", async () => {
    const kit = createTestKit({ lifecycle });
    const events = hear(kit);
    await createEndpoint(kit, OPERATORS);
    const { id: keyId } = await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
    await kit.tenon.webhooks.runOnce();
    const created = events.find(({ type }) => type === "api_key.created");
    expect(await published(kit)).toMatchObject([
      {
        type: "api_key.created",
        data: { id: created?.id, tenantId: TENANT, keyId, name: "Zapier", actorId: "host" },
      },
    ]);
    expect(kit.transport.requests).toHaveLength(1);
  });

  test("are published in the transaction of what they tell of, and vanish with it", async () => {
    const kit = createTestKit({ lifecycle });
    const { tenon, storage } = kit;
    const undone = storage.transaction(async (handle) => {
      await tenon.within(handle).apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
      throw new Error("roll back");
    });
    await expect(undone).rejects.toThrow("roll back");
    expect(await published(kit)).toEqual([]);
    await storage.transaction(async (handle) => {
      await tenon.within(handle).apiKeys.create({ tenantId: TENANT, name: "B", scopes: [] });
    });
    expect(await published(kit)).toMatchObject([{ data: { name: "B" } }]);
  });

  test("of deliveries are published with the settlement, and those of the operators' own never are", async () => {
    const kit = createTestKit({ lifecycle });
    await createEndpoint(kit);
    await createEndpoint(kit, OPERATORS);
    kit.transport.answer(410, 500);
    await publish(kit);
    await kit.tenon.webhooks.drain({ withinMs: 1_000 });
    const types = (await published(kit)).map(({ type }) => type);
    expect(types).toEqual(["webhook.failed", "endpoint.disabled"]);
    const { items } = await kit.tenon.deliveries.list({ tenantId: OPERATORS });
    expect(items).toHaveLength(2);
  });

  test("can be subscribed to where the host has a catalogue, and only those it has chosen", async () => {
    const { tenon } = createTestKit({ lifecycle, events: { "post.published": {} } });
    const to = { tenantId: OPERATORS, url: URL_OF_PARTNER };
    await tenon.endpoints.create({ ...to, eventTypes: ["webhook.failed", "endpoint.*"] });
    await expect(tenon.endpoints.create({ ...to, eventTypes: ["api_key.revoked"] })).rejects.toThrow(
      "/eventTypes/0",
    );
  });

  test("whose body the host's envelope can't make are logged, and what they tell of is done", async () => {
    const envelope = () => {
      throw new Error("no body");
    };
    const kit = createTestKit({ lifecycle, webhooks: { envelope } });
    await kit.tenon.apiKeys.create({ tenantId: TENANT, name: "A", scopes: [] });
    expect((await kit.tenon.apiKeys.list({ tenantId: TENANT })).items).toHaveLength(1);
    expect(kit.logLines.join()).toContain("lifecycle events could not be published");
  });

  test("are chosen from the table, and a type that isn't there is refused", () => {
    const wrong = { operationalTenantId: OPERATORS, events: ["webhook.lost"] };
    expect(() => createTestKit({ lifecycle: wrong as unknown as typeof lifecycle })).toThrow(
      "/lifecycle/events/0",
    );
  });
});
