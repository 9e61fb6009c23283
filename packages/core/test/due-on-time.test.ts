import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const POLL_INTERVAL_MS = 60_000;
const post = { tenantId: TENANT, type: "post.published", data: {} };

/** A runner that has looked once and sleeps until its next poll. */
async function startRunner(kit: TestKit) {
  const url = "https://partner.example/hooks";
  await kit.tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"] });
  const runner = kit.tenon.webhooks.startRunner({ pollIntervalMs: POLL_INTERVAL_MS });
  await asleep(kit);
  return runner;
}

async function asleep({ clock }: TestKit): Promise<void> {
  await until(() => clock.pendingWaits > 0);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}

/** Lets time pass as it does, so that who sleeps wakes up on the way. */
async function pass(kit: TestKit, seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 2; step++) {
    kit.clock.advance(500);
    await asleep(kit);
  }
}

test("a message is delivered when its time has come, however seldom the runner polls", async () => {
  const kit = createTestKit();
  const runner = await startRunner(kit);
  const deliverAt = new Date(kit.clock.now().getTime() + 10_000);
  await kit.tenon.webhooks.publish({ ...post, deliverAt });
  await asleep(kit);
  await pass(kit, 9.5);
  expect(kit.transport.requests).toHaveLength(0);
  await pass(kit, 0.5);
  await until(() => kit.transport.requests.length === 1);
  await runner.stop();
});

test("a runner that another process wakes learns of what is due before its next poll", async () => {
  const storage = memoryStorage();
  const publisher = createTestKit({ storage });
  const deliverer = createTestKit({ storage });
  const runner = await startRunner(deliverer);
  await publisher.tenon.start();
  const deliverAt = new Date(deliverer.clock.now().getTime() + 10_000);
  await publisher.tenon.webhooks.publish({ ...post, deliverAt });
  await asleep(deliverer);
  await pass(deliverer, 10);
  await until(() => deliverer.transport.requests.length === 1);
  await runner.stop();
  await publisher.tenon.close();
});

/** Lets a receiver ask for a pause of ten seconds, and sees what was published into it go out at its end. */
async function passPause(kit: TestKit) {
  const { transport } = kit;
  transport.answer(response(429, { "retry-after": "10" }));
  const runner = await startRunner(kit);
  await kit.tenon.webhooks.publish(post);
  await until(() => transport.requests.length === 1);
  await asleep(kit);
  await kit.tenon.webhooks.publish(post);
  await asleep(kit);
  await pass(kit, 9.5);
  expect(transport.requests).toHaveLength(1);
  await pass(kit, 1);
  await until(() => transport.requests.length === 2);
  return runner;
}

test("what waited for a receiver's pause goes out at its end, before the retry that brought it about", async () => {
  const kit = createTestKit({ webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0, 30] } } });
  const runner = await passPause(kit);
  await pass(kit, 20);
  await until(() => kit.transport.requests.length === 3);
  await runner.stop();
});

test("what waited for a pause that a last attempt was asked for goes out at its end", async () => {
  const kit = createTestKit({ webhooks: { retrySchedule: { kind: "list", delaysSeconds: [0] } } });
  const runner = await passPause(kit);
  await runner.stop();
});

test("a fault of the storage puts a runner off for half a second, not until its next poll", async () => {
  const storage = memoryStorage();
  let isDown = false;
  const kit = createTestKit({
    storage: {
      ...storage,
      queue: {
        ...storage.queue,
        claim: (request) => (isDown ? Promise.reject(new Error("down")) : storage.queue.claim(request)),
      },
    },
  });
  const runner = await startRunner(kit);
  isDown = true;
  await kit.tenon.webhooks.publish(post);
  await asleep(kit);
  isDown = false;
  await pass(kit, 1);
  await until(() => kit.transport.requests.length === 1);
  await runner.stop();
});
