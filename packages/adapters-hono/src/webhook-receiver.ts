import {
  createWebhookReceiver,
  type EventSchemas,
  type WebhookReceiverOptions as ReceiverOptions,
} from "@tenon/core/http";
import type { Context, Handler } from "hono";
import { readRawBody } from "./raw-body.js";
import { toResponse } from "./reply.js";

export type WebhookReceiverOptions<
  Events extends EventSchemas = EventSchemas,
  Transaction = undefined,
> = ReceiverOptions<Context, Events, Transaction>;

/**
 * Receives webhooks, signed the Standard Webhooks way or as `profiles` says: verifies the raw body, calls the event's
 * handler, answers 204. One that doesn't verify is answered 401, and `onRefused` is told why; a body over
 * `maxBodyBytes` 413. Errors of `secrets` and the handlers go to the host's `app.onError`. Webhooks arrive at least once:
 * with `transaction` and `seen` each `id` is acted on once, without them that is the handler's to see to.
 *
 * Earlier middleware may have read the body through `c.req.json()`, `c.req.text()` or `c.req.arrayBuffer()`; where
 * the bytes are gone all the same, it answers 500 and says what to do.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 * @example
 * app.post("/webhooks", webhookReceiver({
 *   secrets: process.env.WEBHOOK_SECRET ?? "",
 *   onEvent: async ({ id, event }) => queue.add(id, event),
 * }));
 * @see https://www.standardwebhooks.com
 */
export function webhookReceiver<Events extends EventSchemas = EventSchemas, Transaction = undefined>(
  options: WebhookReceiverOptions<Events, Transaction>,
): Handler {
  const receiver = createWebhookReceiver<Context, Events, Transaction>(options);
  return async function webhookReceiver(c) {
    const body = await readRawBody(c.req, receiver.maxBodyBytes);
    return toResponse(c, await receiver.receive(c, { headers: c.req.raw.headers, body }));
  };
}
