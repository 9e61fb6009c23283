import { expect, test } from "vitest";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };

async function createEndpoint({ tenon }: TestKit, change: object = {}) {
  const endpoint = { tenantId: TENANT, url: "https://partner.example/hooks", eventTypes: ["post.*"] };
  return tenon.endpoints.create({ ...endpoint, ...change });
}

async function deliver({ tenon }: TestKit) {
  await tenon.webhooks.publish(post);
  await tenon.webhooks.runOnce();
}

test("a 429 with Retry-After pauses the endpoint, not the delivery alone", async () => {
  const kit = createTestKit();
  await createEndpoint(kit);
  kit.transport.answer(response(429, { "retry-after": "120" }));
  await deliver(kit);
  await kit.tenon.webhooks.publish(post);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
  kit.clock.advance(120_000);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 2 });
});

test("a 429 or 503 that doesn't say for how long pauses the endpoint for as long as its delivery waits, ten seconds at most", async () => {
  for (const status of [429, 503]) {
    const kit = createTestKit();
    const { id: endpointId } = await createEndpoint(kit, {
      retrySchedule: { kind: "list", delaysSeconds: [0, 4, 60] },
    });
    const pausedMs = async () => {
      const { pausedUntil } = await kit.tenon.endpoints.get({ tenantId: TENANT, endpointId });
      return pausedUntil === undefined ? undefined : pausedUntil.getTime() - kit.clock.now().getTime();
    };
    kit.transport.answer(response(status), response(status), response(status));
    await deliver(kit);
    expect(await pausedMs()).toBe(4_000);
    await kit.tenon.webhooks.publish(post);
    expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
    kit.clock.advance(4_000);
    await kit.tenon.webhooks.runOnce();
    expect(await pausedMs()).toBe(10_000);
  }
});

test("a 429 that says it may be tried at once pauses nothing", async () => {
  const kit = createTestKit();
  await createEndpoint(kit);
  kit.transport.answer(response(429, { "retry-after": "0" }));
  await deliver(kit);
  await kit.tenon.webhooks.publish(post);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
});

test("its rate limit spreads attempts over windows, and null takes it away", async () => {
  const kit = createTestKit();
  const rateLimit = { limit: 2, windowSeconds: 60 };
  const { id: endpointId, ...created } = await createEndpoint(kit, { rateLimit });
  expect(created.rateLimit).toEqual(rateLimit);
  for (let count = 0; count < 5; count++) await kit.tenon.webhooks.publish(post);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 2 });
  kit.clock.advance(60_000);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 2 });
  const changed = await kit.tenon.endpoints.update({ tenantId: TENANT, endpointId, rateLimit: null });
  expect(changed.rateLimit).toBeUndefined();
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 1 });
});

test("a fifo endpoint gets the next message only after the one before is final", async () => {
  const kit = createTestKit();
  const retrySchedule = { kind: "list", delaysSeconds: [0, 60] };
  await createEndpoint(kit, { fifo: true, retrySchedule });
  kit.transport.answer(500);
  for (const postId of ["p1", "p2"]) {
    await kit.tenon.webhooks.publish({ ...post, data: { postId } });
    kit.clock.advance(1);
  }
  await kit.tenon.webhooks.runOnce();
  expect(kit.transport.requests).toHaveLength(1);
  kit.clock.advance(60_000);
  await kit.tenon.webhooks.runOnce();
  const ids = kit.transport.requests.map(({ headers }) => headers["webhook-id"]);
  expect(ids).toHaveLength(3);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[1]);
});
