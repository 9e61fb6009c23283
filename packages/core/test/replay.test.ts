import { createSecret } from "@tenon/core";
import { verifyWebhook } from "@tenon/verify-webhook";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const twoTries = { kind: "list" as const, delaysSeconds: [0, 60] };
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async function createEndpoint({ tenon }: TestKit, change: object = {}): Promise<string> {
  const endpoint = await tenon.endpoints.create({
    tenantId: TENANT,
    url: "https://partner.example/hooks",
    eventTypes: ["*"],
    secret: createSecret(SECRET),
    retrySchedule: twoTries,
    ...change,
  });
  return endpoint.id;
}

async function publishOne({ tenon }: TestKit) {
  const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };
  const { message } = await tenon.webhooks.publish(post);
  const { items } = await tenon.deliveries.list({ tenantId: TENANT, messageId: message.id });
  return { messageId: message.id, reference: { tenantId: TENANT, deliveryId: items[0]?.id ?? "" } };
}

function textOf(body: string | Uint8Array | undefined): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : (body ?? "");
}

/** Makes both attempts of the schedule fail. */
async function exhaust(kit: TestKit) {
  const published = await publishOne(kit);
  kit.transport.answer(500, 500);
  await kit.tenon.webhooks.deliverNow(published.reference);
  await kit.tenon.webhooks.deliverNow(published.reference);
  return published;
}

describe("retry", () => {
  test("shows the last attempt however many chances a delivery was given", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { retrySchedule: { kind: "list", delaysSeconds: [0] } });
    const { reference } = await publishOne(kit);
    for (let chance = 1; chance <= 101; chance++) {
      kit.transport.answer(500);
      await kit.tenon.webhooks.deliverNow(reference);
      await kit.tenon.deliveries.retry(reference);
    }
    const attempts = await kit.tenon.deliveries.attempts(reference);
    expect(attempts.map(({ attemptNumber }) => attemptNumber)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 2),
    );
  });

  test("gives a dead letter its whole schedule again, with the same bytes and id, and numbers on", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const { reference, messageId } = await exhaust(kit);
    expect((await kit.tenon.deliveries.get(reference)).state).toBe("exhausted");
    expect(await kit.tenon.deliveries.retry(reference)).toMatchObject({
      state: "retrying",
      attemptCount: 2,
      nextAttemptAt: kit.clock.now(),
    });
    kit.transport.answer(500, 200);
    await kit.tenon.webhooks.runOnce();
    expect((await kit.tenon.deliveries.get(reference)).state).toBe("retrying");
    kit.clock.advance(60_000);
    await kit.tenon.webhooks.runOnce();
    expect(await kit.tenon.deliveries.get(reference)).toMatchObject({ state: "succeeded", attemptCount: 4 });
    const attempts = await kit.tenon.deliveries.attempts(reference);
    expect(attempts.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2, 3, 4]);
    const { requests } = kit.transport;
    expect(new Set(requests.map(({ body }) => textOf(body))).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([messageId]));
  });

  test("makes what waits due now, and points to resend for what succeeded", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const { reference } = await publishOne(kit);
    kit.transport.answer(500);
    await kit.tenon.webhooks.runOnce();
    await kit.tenon.deliveries.retry(reference);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
    await expect(kit.tenon.deliveries.retry(reference)).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("resend"),
    });
    const stranger = { ...reference, tenantId: "globex" };
    await expect(kit.tenon.deliveries.retry(stranger)).rejects.toMatchObject({ code: "DELIVERY_NOT_FOUND" });
  });

  test("of a deleted endpoint's delivery says why not; a disabled one's is held", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    const { reference } = await exhaust(kit);
    await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId });
    expect((await kit.tenon.deliveries.retry(reference)).state).toBe("held");
    await kit.tenon.deliveries.discard(reference);
    await kit.tenon.endpoints.delete({ tenantId: TENANT, endpointId });
    await expect(kit.tenon.deliveries.retry(reference)).rejects.toThrow(/endpoint was deleted/);
  });

  test("in a transaction that rolls back never happened", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const { reference } = await exhaust(kit);
    const failed = kit.storage.transaction(async (handle) => {
      await kit.tenon.within(handle).deliveries.retry(reference);
      throw new Error("roll back");
    });
    await expect(failed).rejects.toThrow("roll back");
    expect((await kit.tenon.deliveries.get(reference)).state).toBe("exhausted");
  });
});

describe("dead letters", () => {
  test("are listed, counted and discarded", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    const { reference } = await exhaust(kit);
    await publishOne(kit);
    const dead = { tenantId: TENANT, state: "exhausted" } as const;
    const { items } = await kit.tenon.deliveries.list(dead);
    expect(items.map(({ id }) => id)).toEqual([reference.deliveryId]);
    expect(await kit.tenon.deliveries.count({ ...dead, endpointId })).toEqual({ count: 1, isExact: true });
    for (let time = 0; time < 2; time++) {
      expect((await kit.tenon.deliveries.discard(reference)).state).toBe("cancelled");
    }
    expect(await kit.tenon.deliveries.count(dead)).toEqual({ count: 0, isExact: true });
  });

  test("what succeeded isn't discarded, what waits is", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const [done, waiting] = [await publishOne(kit), await publishOne(kit)];
    await kit.tenon.webhooks.deliverNow(done.reference);
    await expect(kit.tenon.deliveries.discard(done.reference)).rejects.toThrow(/is succeeded/);
    await kit.tenon.deliveries.discard(waiting.reference);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
  });
});

describe("resend", () => {
  test("sends a stored message to another endpoint, or once more to the same, under the same id", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const { messageId, reference } = await publishOne(kit);
    await kit.tenon.webhooks.runOnce();
    const other = await createEndpoint(kit, { eventTypes: ["user.*"] });
    const request = { tenantId: TENANT, messageId, endpointId: other };
    const resent = await kit.tenon.deliveries.resend(request);
    expect(resent).toMatchObject({ state: "pending", messageId, endpointId: other });
    expect((await kit.tenon.deliveries.resend(request)).id).toBe(resent.id);
    await kit.tenon.webhooks.runOnce();
    const again = await kit.tenon.deliveries.resend(request);
    expect([reference.deliveryId, resent.id]).not.toContain(again.id);
    await kit.tenon.webhooks.runOnce();
    expect(kit.transport.requests.map(({ headers }) => headers["webhook-id"])).toEqual(
      Array(3).fill(messageId),
    );
  });

  test("says which of the two isn't there", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    const { messageId } = await publishOne(kit);
    const resend = (change: object) =>
      kit.tenon.deliveries.resend({ tenantId: TENANT, messageId, endpointId, ...change });
    await expect(resend({ endpointId: "ep_nope" })).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
    await expect(resend({ messageId: "msg_nope" })).rejects.toMatchObject({ code: "MESSAGE_NOT_FOUND" });
    await expect(resend({ tenantId: "globex" })).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
  });
});

describe("sendTest", () => {
  test("sends a signed event to that endpoint alone, whatever its filter and the catalogue", async () => {
    const kit = createTestKit({ events: { "post.published": { schema: z.object({ postId: z.string() }) } } });
    await createEndpoint(kit);
    const endpointId = await createEndpoint(kit, { eventTypes: ["post.published"] });
    const delivery = await kit.tenon.endpoints.sendTest({ tenantId: TENANT, endpointId });
    expect(delivery).toMatchObject({ endpointId, state: "pending" });
    const { id: deliveryId, messageId } = delivery;
    expect((await kit.tenon.webhooks.deliverNow({ tenantId: TENANT, deliveryId })).state).toBe("succeeded");
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    const [request] = kit.transport.requests;
    const body = textOf(request?.body);
    const verified = await verifyWebhook(body, request?.headers ?? {}, SECRET, { now: kit.clock.now() });
    expect(verified).toMatchObject({ type: "webhook.test", data: { test: true } });
    expect(await kit.tenon.messages.get({ tenantId: TENANT, messageId })).toMatchObject({ endpointId });
  });

  test("of a catalogued type carries what the type asks for", async () => {
    const kit = createTestKit({ events: { "post.published": { schema: z.object({ postId: z.string() }) } } });
    const endpointId = await createEndpoint(kit);
    const send = (change: object) =>
      kit.tenon.endpoints.sendTest({ tenantId: TENANT, endpointId, ...change });
    await send({ type: "post.published", data: { postId: "p1" } });
    await expect(send({ type: "post.published" })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    await expect(send({ type: "post.gone" })).rejects.toThrow(/not in the event catalogue/);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
  });

  test("to a disabled endpoint, or one that isn't there, stores nothing", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    await kit.tenon.endpoints.disable({ tenantId: TENANT, endpointId });
    const send = (change: object) =>
      kit.tenon.endpoints.sendTest({ tenantId: TENANT, endpointId, ...change });
    await expect(send({})).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(send({ tenantId: "globex" })).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
    expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toEqual([]);
  });
});

describe("after an outage", () => {
  test("recover retries what was exhausted since then, page by page", async () => {
    const kit = createTestKit();
    const endpointId = await createEndpoint(kit);
    await exhaust(kit);
    kit.clock.advance(3_600_000);
    const since = kit.clock.now();
    for (let count = 0; count < 5; count++) await exhaust(kit);
    let [recovered, cursor, pages] = [0, undefined as string | undefined, 0];
    do {
      const page = await kit.tenon.deliveries.recover({
        tenantId: TENANT,
        endpointId,
        since,
        limit: 2,
        cursor,
      });
      recovered += page.recovered;
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== undefined && pages < 9);
    expect(recovered).toBe(5);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 5 });
    const again = await kit.tenon.deliveries.recover({ tenantId: TENANT, endpointId, since });
    expect(again).toEqual({ recovered: 0, nextCursor: undefined });
  });

  test("replay sends a new endpoint what was published before it, once", async () => {
    const kit = createTestKit();
    const since = kit.clock.now();
    const messageIds: string[] = [];
    for (let count = 0; count < 3; count++) {
      kit.clock.advance(1_000);
      messageIds.push((await publishOne(kit)).messageId);
    }
    const endpointId = await createEndpoint(kit);
    const request = { tenantId: TENANT, endpointId, since };
    expect(await kit.tenon.deliveries.replay(request)).toEqual({ replayed: 3, nextCursor: undefined });
    expect((await kit.tenon.deliveries.replay(request)).replayed).toBe(0);
    await kit.tenon.webhooks.runOnce();
    const ids = kit.transport.requests.map(({ headers }) => headers["webhook-id"]);
    expect(ids.sort()).toEqual(messageIds.sort());
  });

  test("neither goes on at an endpoint that isn't there, nor takes a step of more than 1,000", async () => {
    const { tenon } = createTestKit();
    const request = { tenantId: TENANT, endpointId: "ep_nope", since: new Date() };
    for (const call of [tenon.deliveries.recover, tenon.deliveries.replay]) {
      await expect(call(request)).rejects.toMatchObject({ code: "WEBHOOK_NOT_FOUND" });
      await expect(call({ ...request, limit: 1_001 })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    }
  });
});
