import type { NewMessage, PublishOutcome, Storage } from "@tenon/core/ports";
import { after, TENANT } from "./fixtures.js";
import { only } from "./queue-steps.js";

/** Publishes one message and gives its outcome. */
export async function publishOutcome(storage: Storage, message: NewMessage): Promise<PublishOutcome> {
  return only(await storage.messages.publish({ messages: [message], now: after(0) }), "outcomes");
}

/** The endpoints that a message has a delivery to, sorted. */
export async function endpointsOf(storage: Storage, messageId: string): Promise<string[]> {
  const deliveries = await storage.deliveries.list({
    tenantId: TENANT,
    messageId,
    limit: 1000,
    now: after(0),
  });
  return deliveries.map((delivery) => delivery.endpointId).sort();
}
