import { createTenon } from "@tenon/core";
import type { QueueChanges } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const post = { tenantId: TENANT, type: "post.published", data: { postId: "p1" } };

/** Two kits on one storage, as two processes are: one publishes, the other delivers and never polls by itself. */
async function setUp() {
  const storage = memoryStorage();
  const publisher = createTestKit({ storage });
  const deliverer = createTestKit({ storage });
  await publisher.tenon.endpoints.create({
    tenantId: TENANT,
    url: "https://partner.example/hooks",
    eventTypes: ["*"],
  });
  const runner = deliverer.tenon.webhooks.startRunner({ pollIntervalMs: 60_000 });
  await asleep(deliverer);
  return { storage, publisher, deliverer, runner };
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

test("a runner elsewhere delivers what a started kit publishes, without a poll", async () => {
  const { publisher, deliverer, runner } = await setUp();
  await publisher.tenon.start();
  await publisher.tenon.webhooks.publish(post);
  await until(() => deliverer.transport.requests.length === 1);
  await runner.stop();
  await publisher.tenon.close();
});

test("what is published in a transaction is told after it, within the burst", async () => {
  const { storage, publisher, deliverer, runner } = await setUp();
  await publisher.tenon.start();
  await storage.transaction(async (transaction) => {
    await publisher.tenon.within(transaction).webhooks.publish(post);
  });
  expect(deliverer.transport.requests).toHaveLength(0);
  await until(() => publisher.clock.pendingWaits > 0);
  publisher.clock.advance(5);
  await until(() => deliverer.transport.requests.length === 1);
  await runner.stop();
  await publisher.tenon.close();
});

test("what is published in a transaction that stays open, or is rolled back, wakes nobody", async () => {
  const { storage, publisher, deliverer, runner } = await setUp();
  let told = 0;
  await storage.queueChanges?.subscribe?.({ onQueueChanged: () => (told += 1), onLost: () => {} });
  await publisher.tenon.start();
  await expect(
    storage.transaction(async (transaction) => {
      await publisher.tenon.within(transaction).webhooks.publish(post);
      for (let ms = 0; ms < 20; ms++) {
        await until(() => publisher.clock.pendingWaits > 0);
        publisher.clock.advance(1);
      }
      throw new Error("the host's own");
    }),
  ).rejects.toThrow("the host's own");
  publisher.clock.advance(1_000);
  await asleep(deliverer);
  expect(told).toBe(0);
  expect(deliverer.transport.requests).toHaveLength(0);
  await runner.stop();
  await publisher.tenon.close();
});

test("a kit that was never started tells nobody: the other finds it at its next poll", async () => {
  const { publisher, deliverer, runner } = await setUp();
  await publisher.tenon.webhooks.publish(post);
  await asleep(deliverer);
  expect(deliverer.transport.requests).toHaveLength(0);
  deliverer.clock.advance(60_000);
  await until(() => deliverer.transport.requests.length === 1);
  await runner.stop();
});

test("many publishes are told together, and a storage that can't tell is no fault of theirs", async () => {
  const storage = memoryStorage();
  let told = 0;
  const queueChanges: QueueChanges = {
    async tell() {
      told += 1;
      throw new Error("out");
    },
  };
  const { tenon, clock, logLines } = createTestKit({ storage: { ...storage, queueChanges } });
  await tenon.start();
  for (let count = 0; count < 50; count++) await tenon.webhooks.publish(post);
  expect(told).toBe(1);
  await until(() => clock.pendingWaits > 0);
  clock.advance(10);
  await until(() => told === 2);
  expect(logLines.join()).toContain("they deliver at their next poll");
  await tenon.close();
  await tenon.webhooks.publish(post);
  expect(told).toBe(2);
});

test("where looking and telling are one step, commits that follow each other at once are told together all the same", async () => {
  const storage = memoryStorage();
  const told: (number | undefined)[] = [];
  const queueChanges: QueueChanges = {
    async tell({ messages }) {
      told.push(messages?.length);
    },
    async tellIfStored({ messages }) {
      const isStored = (await storage.messages.findStored({ messages: messages.slice(0, 1) })).length > 0;
      if (isStored) told.push(messages.length);
      return isStored;
    },
  };
  const { tenon, clock } = createTestKit({ storage: { ...storage, queueChanges } });
  await tenon.start();
  const publishCommitted = async () => {
    await storage.transaction((transaction) => tenon.within(transaction).webhooks.publish(post));
    await until(() => clock.pendingWaits > 0);
    clock.advance(1);
  };
  await publishCommitted();
  await until(() => told.length === 1);
  await publishCommitted();
  await publishCommitted();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([1]);
  clock.advance(10);
  await until(() => told.length === 2);
  expect(told).toEqual([1, 2]);
  await tenon.close();
});

test("a kit that delivers by itself tells nobody", async () => {
  const storage = memoryStorage();
  const kit = createTestKit({ storage });
  let told = 0;
  await storage.queueChanges?.subscribe?.({ onQueueChanged: () => (told += 1), onLost: () => {} });
  await kit.tenon.start();
  const runner = kit.tenon.webhooks.startRunner();
  await kit.tenon.webhooks.publish(post);
  await runner.stop();
  await kit.tenon.close();
  expect(told).toBe(0);
});

test("a runner that was stopped listens no more, and one started after it does", async () => {
  const { publisher, deliverer, runner } = await setUp();
  await publisher.tenon.start();
  const stopped = runner.stop();
  const next = deliverer.tenon.webhooks.startRunner({ pollIntervalMs: 60_000 });
  await stopped;
  await asleep(deliverer);
  await publisher.tenon.webhooks.publish(post);
  await until(() => deliverer.transport.requests.length === 1);
  await next.stop();
  await publisher.tenon.close();
});

test("a runner works with a storage that neither tells nor listens", async () => {
  const { queueChanges: _, ...storage } = memoryStorage();
  const kit = createTestKit({ storage });
  const tenon = createTenon({ storage });
  await tenon.start();
  await tenon.webhooks.publish(post);
  expect(await kit.tenon.webhooks.runOnce()).toEqual({ attemptCount: 0 });
  await tenon.close();
});
