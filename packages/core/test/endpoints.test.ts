import { createSecret } from "@tenon/core";
import { checkWebhook } from "@tenon/verify-webhook";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./expect-problems.js";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const URL_ = "https://partner.example/hooks";
const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  return tenon.endpoints.create({ tenantId: TENANT, url: URL_, eventTypes: ["post.*"], ...change });
}

async function deliver(kit: TestKit) {
  await kit.tenon.webhooks.publish(post);
  await kit.tenon.webhooks.runOnce();
  return kit.transport.requests.at(-1) ?? expect.unreachable("a request was made");
}

async function rotate({ tenon }: TestKit, endpointId: string) {
  const { secret } = await tenon.endpoints.rotateSecret({ tenantId: TENANT, endpointId });
  return secret ?? expect.unreachable("there is a new secret");
}

test("what breaks a schema and what breaks a rule are named together", async () => {
  const { tenon } = createTestKit({ events: { "post.published": {} } });
  const wrong = { url: "nope", name: "", eventTypes: ["post.lost"], signing: "shared" as const };
  const problems = ["/name", "/url", "/eventTypes/0", "/signing"];
  expect(await problemsOf(tenon.endpoints.create({ tenantId: TENANT, ...wrong }))).toEqual(problems);
});

describe("updating an endpoint", () => {
  test("a partial update merges: the fields it names change, the others stay", async () => {
    const kit = createTestKit();
    const { secret: _, ...before } = await createEndpoint(kit, { name: "CRM", description: "old" });
    kit.clock.advance(1_000);
    const reference = { tenantId: TENANT, endpointId: before.id };
    const changed = await kit.tenon.endpoints.update({
      ...reference,
      eventTypes: ["POST_PUBLISHED", "POST_FAILED", "POST_FAILED"],
      description: null,
    });
    expect(changed).toEqual({
      ...before,
      eventTypes: ["POST_PUBLISHED", "POST_FAILED"],
      description: undefined,
      revision: 2,
      updatedAt: kit.clock.now(),
    });
    expect(await kit.tenon.endpoints.get(reference)).toEqual(changed);
  });

  test.each([
    ["a private address", { url: "https://10.0.0.1/" }, "/url"],
    ["an unknown event type", { eventTypes: ["nope"] }, "/eventTypes/0"],
    ["an empty list of event types", { eventTypes: [] }, "/eventTypes"],
    ["a header of the delivery's own", { headers: { "Webhook-Id": "x" } }, "/headers/Webhook-Id"],
    ["a rate of nothing", { rateLimit: { limit: 0, windowSeconds: 60 } }, "/rateLimit/limit"],
    ["a rate without a window", { rateLimit: { limit: 5 } }, "/rateLimit/windowSeconds"],
    ["an integration's id of 129 characters", { integrationId: "x".repeat(129) }, "/integrationId"],
    ["a time limit of a minute too much", { timeoutMs: 180_000 }, "/timeoutMs"],
    ["null where a value must be", { url: null }, "/url"],
  ])("refuses %s and changes nothing", async (_, change, pointer) => {
    const kit = createTestKit({ events: { "post.published": {} } });
    const { secret: __, ...before } = await createEndpoint(kit);
    const reference = { tenantId: TENANT, endpointId: before.id };
    await expect(kit.tenon.endpoints.update({ ...reference, ...(change as object) })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      problems: [expect.objectContaining({ pointer })],
    });
    expect(await kit.tenon.endpoints.get(reference)).toEqual(before);
  });

  test("an endpoint that isn't there is not found", async () => {
    const { tenon } = createTestKit();
    const reference = { tenantId: TENANT, endpointId: "ep_nope" };
    const notFound = { code: "WEBHOOK_NOT_FOUND", status: 404 };
    await expect(tenon.endpoints.update({ ...reference, name: "x" })).rejects.toMatchObject(notFound);
    await expect(tenon.endpoints.delete(reference)).rejects.toMatchObject(notFound);
    await expect(tenon.endpoints.rotateSecret(reference)).rejects.toMatchObject(notFound);
    await expect(tenon.endpoints.revealSecret(reference)).rejects.toMatchObject(notFound);
  });

  test("the list is narrowed by status and event type", async () => {
    const kit = createTestKit();
    const { id } = await createEndpoint(kit);
    await createEndpoint(kit, { eventTypes: ["user.created"] });
    await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId: id });
    const { items } = await kit.tenon.endpoints.list({
      tenantId: TENANT,
      status: "disabled",
      eventType: "post.published",
    });
    expect(items.map((endpoint) => endpoint.id)).toEqual([id]);
    expect((await kit.tenon.endpoints.list({ tenantId: TENANT, status: "enabled" })).items).toHaveLength(1);
  });
});

describe("an endpoint's own settings", () => {
  test("its headers go with each delivery, and their values are shown nowhere", async () => {
    const kit = createTestKit();
    const headers = { "X-Custom-Header": "hunter2-value", Authorization: "Bearer hunter2" };
    const { id, ...created } = await createEndpoint(kit, { headers });
    expect((await deliver(kit)).headers).toMatchObject({
      "x-custom-header": "hunter2-value",
      authorization: "Bearer hunter2",
      "content-type": "application/json",
    });
    const masked = { "X-Custom-Header": "[secret]", Authorization: "[secret]" };
    expect(created.headers).toEqual(masked);
    const reference = { tenantId: TENANT, endpointId: id };
    expect((await kit.tenon.endpoints.get(reference)).headers).toEqual(masked);
    const stored = await kit.storage.endpoints.find(reference);
    const { items } = await kit.tenon.endpoints.list({ tenantId: TENANT });
    expect(JSON.stringify([stored, items, kit.logLines])).not.toContain("hunter2");

    await kit.tenon.endpoints.update({ ...reference, headers: { "X-Other": "1" } });
    const { headers: sent } = await deliver(kit);
    expect(sent).toMatchObject({ "x-other": "1" });
    expect(sent).not.toHaveProperty("authorization");
    await kit.tenon.endpoints.update({ ...reference, headers: {} });
    expect((await kit.tenon.endpoints.get(reference)).headers).toEqual({});
  });

  test("its own time limit goes before the runner's", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit, { timeoutMs: 45_000 });
    expect((await deliver(kit)).timeoutMs).toBe(45_000);
    await kit.tenon.endpoints.update({ tenantId: TENANT, endpointId, timeoutMs: null });
    expect((await deliver(kit)).timeoutMs).toBe(15_000);
  });

  test("a tenant has at most maxEndpointsPerTenant of them", async () => {
    const kit = createTestKit({ webhooks: { maxEndpointsPerTenant: 1 } });
    const { id: endpointId } = await createEndpoint(kit);
    await expect(createEndpoint(kit)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", status: 409 });
    await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId });
    await createEndpoint(kit);
  });

  test("the integration it belongs to is shown, narrows the list, and has no say in what it gets", async () => {
    const kit = createTestKit();
    const own = await createEndpoint(kit, { integrationId: "6f1c-crm" });
    await createEndpoint(kit);
    const list = async (integrationId: string) =>
      (await kit.tenon.endpoints.list({ tenantId: TENANT, integrationId })).items.map(({ id }) => id);
    expect(own.integrationId).toBe("6f1c-crm");
    expect(await list("6f1c-crm")).toEqual([own.id]);
    expect((await kit.tenon.webhooks.publish(post)).deliveryCount).toBe(2);
    const reference = { tenantId: TENANT, endpointId: own.id };
    expect((await kit.tenon.endpoints.update({ ...reference, integrationId: null })).integrationId).toBe(
      undefined,
    );
    expect(await list("6f1c-crm")).toEqual([]);
  });
});

describe("deleting an endpoint", () => {
  test("it gets nothing more, what was pending is cancelled, and its deliveries stay listed", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId });
    await kit.tenon.webhooks.publish(post);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT, endpointId });
    expect(items.map(({ state }) => state)).toEqual(["cancelled"]);
    expect((await kit.tenon.endpoints.list({ tenantId: TENANT })).items).toEqual([]);
  });
});

describe("rotating a secret", () => {
  test("for a day both sign, so that a receiver with either accepts; then the new one alone", async () => {
    const kit = createTestKit();
    kit.clock.advance(Date.now() - kit.clock.now().getTime());
    const { id: endpointId, secret: old } = await createEndpoint(kit);
    const secret = await rotate(kit, endpointId);
    expect(secret.reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(secret.reveal()).not.toBe(old.reveal());
    const accepts = async (text: string) => {
      const { body, headers } = await deliver(kit);
      const received = new TextDecoder().decode(body as Uint8Array);
      return (await checkWebhook(received, headers, text)).ok;
    };
    expect([await accepts(old.reveal()), await accepts(secret.reveal())]).toEqual([true, true]);
    const signatures = async () =>
      String((await deliver(kit)).headers["webhook-signature"]).split(" ").length;
    kit.clock.advance(86_400_000 - 1);
    expect(await signatures()).toBe(2);
    kit.clock.advance(1);
    expect(await signatures()).toBe(1);
  });

  test("however often it is rotated within a day, a receiver with the newest accepts", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    for (let turn = 0; turn < 39; turn++) await rotate(kit, endpointId);
    const newest = await rotate(kit, endpointId);
    const { body = "", headers } = await deliver(kit);
    const now = kit.clock.now();
    expect(await checkWebhook(body, headers, newest.reveal(), { now })).toMatchObject({ ok: true });
  });

  test("with overlapSeconds 0 the old one signs no more", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    await deliver(kit);
    await kit.tenon.endpoints.rotateSecret({ tenantId: TENANT, endpointId, overlapSeconds: 0 });
    expect(String((await deliver(kit)).headers["webhook-signature"]).split(" ")).toHaveLength(1);
  });

  test("a host's own secret is taken, if receivers can use it, and never repeated", async () => {
    const kit = createTestKit();
    const own = createSecret(`whsec_${Buffer.alloc(32, 9).toString("base64")}`);
    const { id: endpointId } = await createEndpoint(kit, { secret: own });
    const reference = { tenantId: TENANT, endpointId };
    expect((await kit.tenon.endpoints.revealSecret(reference)).reveal()).toBe(own.reveal());
    for (const text of ["hunter2", "whsec_aHVudGVyMg==", `whsec_${"A".repeat(120)}`]) {
      const refused = kit.tenon.endpoints.rotateSecret({ ...reference, secret: createSecret(text) });
      await expect(refused).rejects.toMatchObject({ problems: [{ pointer: "/secret" }] });
      await expect(refused).rejects.not.toThrow(text);
    }
  });

  test("revealSecret shows the newest secret, and logs that it did without it", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    const reference = { tenantId: TENANT, endpointId };
    const secret = await rotate(kit, endpointId);
    expect((await kit.tenon.endpoints.revealSecret(reference)).reveal()).toBe(secret.reveal());
    const log = kit.logLines.join("\n");
    expect(log).toContain("a signing secret was revealed");
    expect(log).toContain(endpointId);
    expect(log).not.toContain(secret.reveal());
  });

  test("get, list and update answers hold no secret", async () => {
    const kit = createTestKit();
    const { id: endpointId, secret } = await createEndpoint(kit);
    const reference = { tenantId: TENANT, endpointId };
    const shown = [
      await kit.tenon.endpoints.get(reference),
      await kit.tenon.endpoints.list({ tenantId: TENANT }),
      await kit.tenon.endpoints.update({ ...reference, name: "n" }),
    ];
    for (const answer of shown) expect(answer).not.toHaveProperty("secret");
    expect(JSON.stringify(shown)).not.toContain(secret.reveal());
  });
});
