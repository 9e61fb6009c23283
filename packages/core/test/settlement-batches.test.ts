import type { DeliveryQueue, HttpTransport, Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";
import { createTestKit, TENANT, type TestKit } from "./kit.js";

const POLL_MS = 500;

/** Memory storage whose queue a test watches and holds up. */
function steerQueue(steer: (queue: DeliveryQueue) => Partial<DeliveryQueue>) {
  const storage = memoryStorage();
  return { ...storage, queue: { ...storage.queue, ...steer(storage.queue) } };
}

async function publishToEach({ tenon }: TestKit, endpoints: number) {
  for (let number = 0; number < endpoints; number++) {
    const url = `https://receiver-${number}.example/hooks`;
    await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"] });
  }
  await tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: 1 });
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000 && !isSo(); turn++) await turns(1);
  expect(isSo()).toBe(true);
}

test("while outcomes can't be written, a runner starts as many attempts again as it has slots, and no more", async () => {
  let letThrough = () => {};
  const open = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const storage = steerQueue((queue) => ({
    settle: async (request) => {
      await open;
      return queue.settle(request);
    },
  }));
  const kit = createTestKit({ storage });
  await publishToEach(kit, 20);
  const { transport, clock, tenon } = kit;
  const runner = tenon.webhooks.startRunner({ slots: 4, pollIntervalMs: POLL_MS });
  await until(() => transport.requests.length === 4);
  for (let poll = 0; poll < 5; poll++) {
    await turns(50);
    clock.advance(POLL_MS);
  }
  await turns(50);
  expect(transport.requests).toHaveLength(8);
  letThrough();
  await until(() => transport.requests.length === 20);
  await runner.stop();
  const { items } = await tenon.deliveries.list({ tenantId: TENANT });
  expect(items.map(({ state }) => state)).toEqual(Array.from({ length: 20 }, () => "succeeded"));
});

/** A kit whose receivers answer once `answer` is called, and a runner that has three attempts under way. */
async function setUpUnanswered(storage: Storage) {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { transport } = createTestKit();
  const request: HttpTransport["request"] = async (asked) => {
    const response = await transport.request(asked);
    await answered;
    return response;
  };
  const kit = createTestKit({ storage, transport: { ...transport, request } });
  await publishToEach(kit, 3);
  const runner = kit.tenon.webhooks.startRunner({ slots: 8 });
  await until(() => transport.requests.length === 3);
  return { kit, runner, answer };
}

test("what is answered while a claim is under way is written in one batch", async () => {
  const batches: number[] = [];
  let onClaim = async () => {};
  const storage = steerQueue((queue) => ({
    claim: async (request) => {
      await onClaim();
      return queue.claim(request);
    },
    settle: async (request) => {
      batches.push(request.settlements.length);
      return queue.settle(request);
    },
  }));
  const { kit, runner, answer } = await setUpUnanswered(storage);
  onClaim = async () => {
    answer();
    await turns(50);
    expect(batches).toEqual([]);
  };
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: 2 });
  await until(() => batches.length > 0);
  await runner.stop();
  expect(batches[0]).toBe(3);
});

test("outcomes are written although claims fail", async () => {
  let failedClaims = 0;
  let isOut = false;
  const storage = steerQueue((queue) => ({
    claim: async (request) => {
      if (!isOut) return queue.claim(request);
      failedClaims += 1;
      throw new Error("no connection is free");
    },
  }));
  const { kit, runner, answer } = await setUpUnanswered(storage);
  isOut = true;
  await kit.tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: 2 });
  await until(() => failedClaims > 0);
  answer();
  await runner.stop();
  const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT, state: "succeeded" });
  expect(items).toHaveLength(3);
});
