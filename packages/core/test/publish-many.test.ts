import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const URL_ = "https://partner.example/hooks";
const post = { type: "post.published", data: { postId: "p1" } };
const posts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...post, data: { postId: `p${index}` } }));

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  return tenon.endpoints.create({ tenantId: TENANT, url: URL_, eventTypes: ["post.*"], ...change });
}

describe("publishing many", () => {
  test("a thousand events are one call of the store, with results and ids in order", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const results = await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages: posts(1_000) });
    expect(results.map(({ message }) => JSON.parse(message.payload).data.postId)).toEqual(
      posts(1_000).map(({ data }) => data.postId),
    );
    const ids = results.map(({ message }) => message.id);
    expect(ids).toEqual(ids.toSorted());
    expect(results.every(({ deliveryCount, duplicate }) => deliveryCount === 1 && !duplicate)).toBe(true);
  });

  test("a fifo endpoint gets them in the order they were published, though all in one millisecond", async () => {
    const kit = createTestKit();
    await createEndpoint(kit, { fifo: true });
    await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages: posts(20) });
    for (const { type, data } of posts(20))
      await kit.tenon.webhooks.publish({ tenantId: TENANT, type, data });
    await kit.tenon.webhooks.runOnce();
    const sent = kit.transport.requests.map(
      ({ body }) => JSON.parse(new TextDecoder().decode(body as Uint8Array)).data.postId,
    );
    const order = posts(20).map(({ data }) => data.postId);
    expect(sent).toEqual([...order, ...order]);
  });

  test("a taken key gives its duplicate in its place, and the others are published", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const keyed = { ...post, idempotencyKey: "order-1" };
    const first = await kit.tenon.webhooks.publish({ tenantId: TENANT, ...keyed });
    const results = await kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages: [post, keyed, post] });
    expect(results.map(({ duplicate }) => duplicate)).toEqual([false, true, false]);
    expect(results[1]?.message.id).toBe(first.message.id);
  });

  test.each([
    [
      "a key taken by another request",
      { ...post, data: { postId: "other" }, idempotencyKey: "order-1" },
      "/messages/1",
    ],
    ["an unknown type", { type: "user.created", data: {} }, "/messages/1/type"],
    [
      "data that breaks its schema",
      { type: "post.published", data: { postId: 7 } },
      "/messages/1/data/postId",
    ],
    ["data that isn't JSON", { type: "post.open", data: 1n }, "/messages/1/data"],
    ["a delivery in two years", { ...post, deliverAt: new Date("2028-01-01") }, "/messages/1/deliverAt"],
    ["a body too large", { type: "post.open", data: "x".repeat(3_000) }, "/messages/1/data"],
  ])("%s refuses all of them, and says which it was", async (_, message, place) => {
    const events = { "post.published": { schema: z.object({ postId: z.string() }) }, "post.open": {} };
    const kit = createTestKit({ events, webhooks: { maxPayloadBytes: 2_000 } });
    await kit.tenon.webhooks.publish({ tenantId: TENANT, ...post, idempotencyKey: "order-1" });
    const refused = kit.tenon.webhooks.publishMany({ tenantId: TENANT, messages: [post, message, post] });
    await expect(refused).rejects.toThrow(`${place}`);
    expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toHaveLength(1);
  });

  test("one key twice in a call, or more than a thousand events, are refused; none at all are nothing", async () => {
    const { tenon } = createTestKit();
    const keyed = { ...post, idempotencyKey: "k" };
    const many = (messages: (typeof post)[]) => tenon.webhooks.publishMany({ tenantId: TENANT, messages });
    await expect(many([keyed, keyed])).rejects.toMatchObject({
      problems: [{ pointer: "/messages/1/idempotencyKey" }],
    });
    await expect(many(posts(1_001))).rejects.toMatchObject({ problems: [{ pointer: "/messages" }] });
    expect(await many([])).toEqual([]);
  });

  test("in a bound kit they leave if and only if the transaction commits", async () => {
    const kit = createTestKit();
    await createEndpoint(kit);
    const messages = [post, { ...post, idempotencyKey: "k" }];
    const undone = kit.storage.transaction(async (handle) => {
      await kit.tenon.within(handle).webhooks.publishMany({ tenantId: TENANT, messages });
      throw new Error("the host changed its mind");
    });
    await expect(undone).rejects.toThrow("changed its mind");
    expect((await kit.tenon.messages.list({ tenantId: TENANT })).items).toEqual([]);
  });

  test("the largest body is the host's to say", async () => {
    const { tenon } = createTestKit({ webhooks: { maxPayloadBytes: 100 } });
    const publish = (length: number) =>
      tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: "x".repeat(length) });
    await publish(10);
    await expect(publish(100)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE", status: 413 });
  });
});
