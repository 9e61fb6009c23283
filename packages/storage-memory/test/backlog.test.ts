import { createPublicId } from "@tenon/core/encoding";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";

const random = { bytes: (length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length)) };
const now = new Date("2026-03-01T12:00:00.000Z");
const clock = { now: () => now, wait: async () => {} };

test("a backlog of 20,000 deliveries to 20 endpoints is drained, each delivery once", async () => {
  const storage = memoryStorage({ clock });
  for (let count = 0; count < 20; count++) {
    await storage.endpoints.insert({
      endpoint: {
        tenantId: "acme",
        id: createPublicId("ep", { clock, random }),
        url: "https://partner.example/hooks",
        eventTypes: ["*"],
        channels: [],
        name: undefined,
        description: undefined,
        metadata: {},
        whileDisabled: "hold",
        retrySchedule: undefined,
        timeoutMs: undefined,
        sealedHeaders: undefined,
        concurrency: undefined,
        fifo: false,
        rateLimit: undefined,
        integrationId: undefined,
        signing: "hmac",
        publicKey: undefined,
      },
      secret: { id: createPublicId("sec", { clock, random }), sealed: "sealed" },
    });
  }
  await storage.messages.publish({
    messages: Array.from({ length: 1000 }, () => ({
      tenantId: "acme",
      id: createPublicId("msg", { clock, random }),
      type: "post.published",
      payload: "{}",
      channels: [],
      endpointId: undefined,
      idempotencyKey: undefined,
      requestHash: undefined,
      deliverAt: undefined,
    })),
  });

  const delivered = new Set<string>();
  let claimedCount = 0;
  let cursor: string | undefined;
  do {
    const claim = {
      slots: 64,
      slotsPerEndpoint: 16,
      slotsForSlow: 16,
      leaseMs: 30_000,
      leaseMarginMs: 5_000,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const outcome = await storage.queue.claim(claim);
    cursor = outcome.cursor;
    claimedCount += outcome.deliveries.length;
    for (const { deliveryId } of outcome.deliveries) delivered.add(deliveryId);
    await storage.queue.settle({
      settlements: outcome.deliveries.map(({ tenantId, deliveryId, messageId, leaseToken }) => ({
        tenantId,
        deliveryId,
        messageId,
        leaseToken,
        outcome: { kind: "succeeded" },
      })),
    });
  } while (claimedCount < 20_000);
  expect(delivered.size).toBe(20_000);
  expect(
    (
      await storage.queue.claim({
        slots: 64,
        slotsPerEndpoint: 16,
        slotsForSlow: 16,
        leaseMs: 30_000,
        leaseMarginMs: 5_000,
      })
    ).deliveries,
  ).toEqual([]);
});
