import { memoryStorage } from "@tenon/storage-memory";
import { checkWebhook } from "@tenon/verify-webhook";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const URL_ = "https://partner.example/hooks";
const events = { "post.published": { schema: z.object({ postId: z.string() }) }, "post.deleted": {} };
const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };
const threeTries = { kind: "list", delaysSeconds: [0, 5, 60] } as const;

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  return tenon.endpoints.create({ tenantId: TENANT, url: URL_, eventTypes: ["post.*"], ...change });
}

async function onlyDelivery({ tenon }: TestKit) {
  const { items } = await tenon.deliveries.list({ tenantId: TENANT });
  expect(items).toHaveLength(1);
  return items[0] ?? expect.unreachable("there is one delivery");
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (await isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}

describe("creating an endpoint", () => {
  test.each([
    ["an unknown event type", { eventTypes: ["post.published", "user.created"] }, "/eventTypes/1"],
    ["a prefix that can match nothing", { eventTypes: ["user.*"] }, "/eventTypes/0"],
    ["an empty list of event types", { eventTypes: [] }, "/eventTypes"],
    ["a URL with credentials", { url: "https://user:pass@partner.example/" }, "/url"],
    ["a URL with a fragment", { url: "https://partner.example/#here" }, "/url"],
    ["a private address", { url: "https://10.0.0.1/" }, "/url"],
    ["no URL at all", { url: "partner.example" }, "/url"],
    [
      "a schedule that waits first",
      { retrySchedule: { kind: "list", delaysSeconds: [5] } },
      "/retrySchedule/delaysSeconds",
    ],
  ])("refuses %s and stores nothing", async (_, change, pointer) => {
    const kit = createTestKit({ events });
    await expect(createEndpoint(kit, change)).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      problems: [expect.objectContaining({ pointer })],
    });
    expect((await kit.tenon.endpoints.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("never repeats the credentials of a URL it refuses", async () => {
    const refused = createEndpoint(createTestKit(), { url: "https://user:hunter2@partner.example/" });
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });

  test("needs vault keys, and says so", async () => {
    const { vaultKeys: _, ...config } = { vaultKeys: undefined, storage: memoryStorage() };
    const { createTenon } = await import("@tenon/core");
    const tenon = createTenon(config);
    await expect(
      tenon.endpoints.create({ tenantId: TENANT, url: URL_, eventTypes: ["*"] }),
    ).rejects.toMatchObject({ code: "CONFIG_INVALID", problems: [{ pointer: "/vaultKeys" }] });
  });
});

describe("publishing", () => {
  test.each([
    ["an unknown type", { type: "user.created" }, "/type"],
    ["data that breaks its schema", { data: { postId: 7 } }, "/data/postId"],
    ["a cycle", { type: "post.deleted", data: cycle() }, "/data"],
    ["a BigInt", { type: "post.deleted", data: { n: 1n } }, "/data"],
    ["nothing to send", { type: "post.deleted", data: undefined }, "/data"],
    ["a delivery in two years", { deliverAt: new Date("2028-01-01") }, "/deliverAt"],
  ])("refuses %s and stores nothing", async (_, change, pointer) => {
    const kit = createTestKit({ events });
    await createEndpoint(kit);
    await expect(kit.tenon.webhooks.publish({ ...post, ...change })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      problems: [expect.objectContaining({ pointer })],
    });
    expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("refuses a body of more than 256 kB", async () => {
    const { tenon } = createTestKit();
    const data = { text: "x".repeat(256 * 1024) };
    await expect(tenon.webhooks.publish({ ...post, data })).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
  });

  test("the same request under one idempotency key is a duplicate, another one a conflict", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const first = await kit.tenon.webhooks.publish({ ...post, idempotencyKey: "order-1" });
    kit.clock.advance(1_000);
    const again = await kit.tenon.webhooks.publish({ ...post, idempotencyKey: "order-1" });
    expect(again).toMatchObject({ duplicate: true, deliveryCount: 0, message: { id: first.message.id } });
    await expect(
      kit.tenon.webhooks.publish({ ...post, data: { postId: "p2" }, idempotencyKey: "order-1" }),
    ).rejects.toMatchObject({ code: "CONFLICT", status: 409 });
    await onlyDelivery(kit);
  });

  test("in a bound kit, it leaves if and only if the transaction commits", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const undone = kit.storage.transaction(async (handle) => {
      await kit.tenon.within(handle).webhooks.publish(post);
      throw new Error("the host changed its mind");
    });
    await expect(undone).rejects.toThrow("changed its mind");
    await kit.tenon.webhooks.runOnce();
    expect(kit.transport.requests).toHaveLength(0);

    await kit.storage.transaction((handle) => kit.tenon.within(handle).webhooks.publish(post));
    await kit.tenon.webhooks.runOnce();
    expect(kit.transport.requests).toHaveLength(1);
  });

  test.each([
    ["a promise", async () => ({ event: "post.published" })],
    ["nothing", () => undefined],
    ["a cycle", (parts: object) => Object.assign(parts, { itself: parts })],
  ])("an envelope that returns %s is the host's mistake, and nothing is stored", async (_, envelope) => {
    const { tenon } = createTestKit({ webhooks: { envelope } });
    await expect(tenon.webhooks.publish(post)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      problems: [{ pointer: "/webhooks/envelope" }],
    });
    expect((await tenon.messages.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("an envelope of the host's own is what is sent", async () => {
    const kit = createTestKit({
      webhooks: { envelope: ({ type, tenantId, data }) => ({ event: type, workspaceId: tenantId, data }) },
    });
    await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    await kit.tenon.webhooks.runOnce();
    expect(sentText(kit, 0)).toBe(`{"event":"post.published","workspaceId":"acme","data":{"postId":"p1"}}`);
  });
});

describe("delivering", () => {
  test("a message is accepted by verifyWebhook and by the packages standardwebhooks and svix", async () => {
    const kit = createTestKit();
    kit.clock.advance(Date.now() - kit.clock.now().getTime());
    const { secret } = await createEndpoint(kit);
    await kit.tenon.webhooks.publish({ ...post, data: { postId: "é-✓" } });
    await kit.tenon.webhooks.runOnce();
    const [request] = kit.transport.requests;
    const headers = request?.headers ?? {};
    expect(request).toMatchObject({ method: "POST", url: URL_ });
    const expected = { type: "post.published", data: { postId: "é-✓" } };
    expect(new Webhook(secret.reveal()).verify(sentText(kit, 0), headers)).toMatchObject(expected);
    expect(new SvixWebhook(secret.reveal()).verify(sentText(kit, 0), headers)).toMatchObject(expected);
    expect(await checkWebhook(sentText(kit, 0), headers, secret.reveal())).toMatchObject({
      ok: true,
      event: expected,
    });
  });

  test("a failing receiver is tried again on schedule, with the same id and the attempt's own timestamp", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: threeTries });
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer(500, { ok: false, failure: "timeout", message: "too slow" }, 200);

    await kit.tenon.webhooks.runOnce();
    expect(await onlyDelivery(kit)).toMatchObject({ state: "retrying", attemptCount: 1 });
    kit.clock.advance(4_999);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    kit.clock.advance(1);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
    kit.clock.advance(60_000);
    await kit.tenon.webhooks.runOnce();

    const delivery = await onlyDelivery(kit);
    expect(delivery).toMatchObject({ state: "succeeded", attemptCount: 3, nextAttemptAt: undefined });
    const attempts = await kit.tenon.deliveries.attempts({ tenantId: TENANT, deliveryId: delivery.id });
    expect(attempts.map(({ failureReason }) => failureReason)).toEqual([
      "server_error",
      "timeout",
      undefined,
    ]);
    const sent = kit.transport.requests.map(({ headers }) => headers);
    expect(new Set(sent.map((headers) => headers["webhook-id"]))).toEqual(new Set([delivery.messageId]));
    expect(new Set(sent.map((headers) => headers["webhook-timestamp"])).size).toBe(3);
  });

  test("after the last attempt it is exhausted, with the reason", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: { kind: "list", delaysSeconds: [0] } });
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer(302);
    await kit.tenon.webhooks.runOnce();
    expect(await onlyDelivery(kit)).toMatchObject({ state: "exhausted", failureReason: "redirect" });
  });

  test("Retry-After stretches the schedule", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: threeTries });
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer(response(503, { "retry-after": "120" }));
    await kit.tenon.webhooks.runOnce();
    const { nextAttemptAt } = await onlyDelivery(kit);
    expect(nextAttemptAt).toEqual(new Date(kit.clock.now().getTime() + 120_000));
  });

  test("410 ends the delivery and disables the endpoint", async () => {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer(410);
    await kit.tenon.webhooks.runOnce();
    expect(await onlyDelivery(kit)).toMatchObject({ state: "exhausted", failureReason: "gone" });
    const endpoint = await kit.tenon.endpoints.get({ tenantId: TENANT, endpointId });
    expect(endpoint).toMatchObject({ disabledReason: "gone", disabledAt: kit.clock.now() });
  });

  test("a disabled endpoint holds what is pending until it is enabled", async () => {
    const kit = createTestKit();
    const reference = { tenantId: TENANT, endpointId: (await createEndpoint(kit)).id };
    await kit.tenon.webhooks.publish(post);
    await kit.tenon.endpoints.disable(reference);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    expect(await onlyDelivery(kit)).toMatchObject({ state: "held" });
    await kit.tenon.endpoints.enable(reference);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
  });

  test("a fault of ours uses up no attempt and is logged without the secret", async () => {
    const storage = memoryStorage();
    const writer = createTestKit({ storage });
    const { secret } = await createEndpoint(writer);
    await writer.tenon.webhooks.publish(post);
    const otherKeys = createTestKit({ storage, vaultKeys: [{ id: "other", key: "p".repeat(32) }] });
    expect(await otherKeys.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    expect(otherKeys.transport.requests).toHaveLength(0);
    expect(otherKeys.logLines.join("\n")).toContain("VAULT_KEY_MISSING");
    expect(otherKeys.logLines.join("\n")).not.toContain(secret.reveal());
    expect(await onlyDelivery(writer)).toMatchObject({ attemptCount: 0 });
    writer.clock.advance(30_000);
    expect(await writer.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
  });

  test("an attempt without a response says why, in the transport's words", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer({
      ok: false,
      failure: "connect",
      message: "could not connect to https://partner.example/hooks?token=t0ps3cret (ECONNREFUSED)",
    });
    await kit.tenon.webhooks.runOnce();
    const { id: deliveryId } = await onlyDelivery(kit);
    const [attempt] = await kit.tenon.deliveries.attempts({ tenantId: TENANT, deliveryId });
    expect(attempt).toMatchObject({
      failureReason: "connect",
      error: "could not connect to https://partner.example/hooks (ECONNREFUSED)",
      responseStatus: undefined,
    });
  });

  test("secrets, cookies and NUL bytes of a response are not kept", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    kit.transport.answer(
      response(200, { "set-cookie": "session=1", "content-type": "text/plain" }, "o\u0000k"),
    );
    await kit.tenon.webhooks.runOnce();
    const { id: deliveryId } = await onlyDelivery(kit);
    const [attempt] = await kit.tenon.deliveries.attempts({ tenantId: TENANT, deliveryId });
    expect(attempt).toMatchObject({
      responseStatus: 200,
      responseHeaders: { "content-type": "text/plain" },
      responseBody: "o\uFFFDk",
    });
  });
});

describe("the runner", () => {
  test("delivers what is published, without waiting for its next poll", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const runner = kit.tenon.webhooks.startRunner();
    await until(async () => kit.clock.pendingWaits > 0);
    await kit.tenon.webhooks.publish(post);
    await until(async () => (await onlyDelivery(kit)).state === "succeeded");
    await runner.stop();
  });

  test("finds what a transaction published through a burst of polls", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    kit.tenon.webhooks.startRunner({ pollIntervalMs: 60_000 });
    await until(async () => kit.clock.pendingWaits > 0);
    await kit.storage.transaction((handle) => kit.tenon.within(handle).webhooks.publish(post));
    await until(async () => kit.clock.pendingWaits > 1);
    kit.clock.advance(5);
    await until(async () => kit.transport.requests.length === 1);
    await kit.tenon.close();
  });

  test("advancing the clock wakes it for a retry", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: threeTries });
    kit.transport.answer(500);
    const runner = kit.tenon.webhooks.startRunner();
    await kit.tenon.webhooks.publish(post);
    await until(async () => (await onlyDelivery(kit)).state === "retrying" && kit.clock.pendingWaits > 0);
    kit.clock.advance(5_000);
    await until(async () => (await onlyDelivery(kit)).state === "succeeded");
    await runner.stop();
  });

  test("stop finishes what is under way and takes nothing more", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const kit = createTestKit();
    const { transport } = kit;
    const slow = {
      ...transport,
      request: (request: never) => released.then(() => transport.request(request)),
    };
    const held = createTestKit({ storage: kit.storage, clock: kit.clock, transport: slow });
    await createEndpoint(held);
    await held.tenon.webhooks.publish(post);
    const runner = held.tenon.webhooks.startRunner();
    await until(async () => (await onlyDelivery(kit)).state === "delivering");
    const stopping = runner.stop();
    await held.tenon.webhooks.publish({ ...post, data: { postId: "p2" } });
    release();
    await stopping;
    const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT });
    expect(items.map(({ state }) => state).sort()).toEqual(["pending", "succeeded"]);
  });

  test("survives a storage that is out for a while", async () => {
    const good = memoryStorage();
    let isOut = true;
    const storage = {
      ...good,
      queue: {
        ...good.queue,
        promote: (request: Parameters<typeof good.queue.promote>[0]) =>
          isOut ? Promise.reject(new Error("no connection")) : good.queue.promote(request),
      },
    };
    const kit = createTestKit({ storage });
    await createEndpoint(kit);
    await kit.tenon.webhooks.publish(post);
    const runner = kit.tenon.webhooks.startRunner();
    await until(async () => kit.logLines.some((line) => line.includes("could not reach its queue")));
    isOut = false;
    kit.clock.advance(500);
    await until(async () => (await onlyDelivery(kit)).state === "succeeded");
    await runner.stop();
  });

  test("needs a transport, and says so", () => {
    const { tenon } = createTestKit({ transport: undefined as never });
    expect(() => tenon.webhooks.startRunner()).toThrow(/transport is required for deliveries/);
  });
});

function sentText({ transport }: TestKit, index: number): string {
  const body = transport.requests[index]?.body;
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

function cycle(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}
