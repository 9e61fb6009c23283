import type { DeliveryQueue, HttpTransport } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit, response, TENANT, type TestKit } from "./kit.js";

const HANGING = "https://hanging.example/hooks";
const PROMPT = "https://prompt.example/hooks";

/** A transport on which one host answers only when it is let. */
function createHangingTransport() {
  const requested: string[] = [];
  const released = promiseWithResolve();
  const transport: HttpTransport = {
    check: () => ({ ok: true }),
    async request({ url }) {
      requested.push(url);
      if (url === HANGING) await released.promise;
      return response(204);
    },
  };
  return { transport, count: (url: string) => requested.filter((one) => one === url).length, released };
}

function promiseWithResolve() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}

async function publishTo({ tenon }: TestKit, url: string, messages: number) {
  const { id: endpointId } = await tenon.endpoints.create({ tenantId: TENANT, url, eventTypes: ["*"] });
  for (let count = 0; count < messages; count++) {
    await tenon.webhooks.publish({ tenantId: TENANT, type: "t", data: count, endpointId });
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect.unreachable("it never came about");
}

describe("runOnce", () => {
  test("delivers to everybody else while one endpoint hangs in its quarter of the slots", async () => {
    const { transport, count, released } = createHangingTransport();
    const kit = createTestKit({ transport });
    await publishTo(kit, HANGING, 10);
    await publishTo(kit, PROMPT, 30);
    const done = kit.tenon.webhooks.runOnce({ slots: 8 });
    await until(() => count(PROMPT) === 30 && count(HANGING) > 1);
    expect(count(HANGING)).toBe(2);
    released.resolve();
    expect(await done).toEqual({ attemptCount: 40 });
  });

  test("begins nothing more once its time is over, and finishes what is under way", async () => {
    const { transport, count, released } = createHangingTransport();
    const kit = createTestKit({ transport });
    await publishTo(kit, HANGING, 10);
    const done = kit.tenon.webhooks.runOnce({ slots: 8, withinMs: 5_000 });
    await until(() => count(HANGING) === 2);
    kit.clock.advance(5_000);
    released.resolve();
    expect(await done).toEqual({ attemptCount: 2 });
    const { items } = await kit.tenon.deliveries.list({ tenantId: TENANT });
    expect(items.filter(({ state }) => state === "pending")).toHaveLength(8);
    expect(items.filter(({ state }) => state === "delivering")).toEqual([]);
  });

  test("ends by itself after half a minute if it isn't told otherwise", async () => {
    const kit = createTestKit();
    const { transport, clock } = kit;
    const slow = { ...transport, request: transport.request };
    slow.request = async (request) => {
      clock.advance(10_000);
      return transport.request(request);
    };
    const { tenon } = createTestKit({ storage: kit.storage, clock, transport: slow });
    await publishTo(kit, PROMPT, 10);
    expect(await tenon.webhooks.runOnce({ slots: 1 })).toEqual({ attemptCount: 3 });
  });

  test("looks again when what kept the slots of an endpoint ended while it looked", async () => {
    const { transport, count, released } = createHangingTransport();
    const storage = memoryStorage();
    const queue: DeliveryQueue = {
      ...storage.queue,
      async claim(request) {
        const claimed = await storage.queue.claim(request);
        if (claimed.deliveries.length > 0) return claimed;
        released.resolve();
        for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
        return claimed;
      },
    };
    const kit = createTestKit({ transport, storage: { ...storage, queue } });
    await publishTo(kit, HANGING, 3);
    await publishTo(kit, PROMPT, 1);
    expect(await kit.tenon.webhooks.runOnce({ slots: 4 })).toEqual({ attemptCount: 4 });
    expect(count(HANGING)).toBe(3);
  });

  test("a drain that is under way heeds its time too", async () => {
    const { transport, count, released } = createHangingTransport();
    const kit = createTestKit({ transport });
    await publishTo(kit, HANGING, 10);
    const done = kit.tenon.webhooks.drain({ slots: 8, withinMs: 5_000 });
    await until(() => count(HANGING) === 2);
    kit.clock.advance(5_001);
    released.resolve();
    expect(await done).toEqual({ attemptCount: 2 });
  });

  test("an end of no time at all is refused", async () => {
    const { tenon } = createTestKit();
    await expect(tenon.webhooks.runOnce({ withinMs: 0 })).rejects.toMatchObject({
      problems: [{ pointer: "/withinMs" }],
    });
  });
});
