import { createWebhookReceiver, type WebhookReceiverOptions as ReceiverOptions } from "@tenon/core/http";
import type { Context, Handler } from "hono";
import { readRawBody } from "./raw-body.js";
import { toResponse } from "./reply.js";

export type WebhookReceiverOptions = ReceiverOptions<Context>;

/**
 * Receives webhooks signed the Standard Webhooks way: verifies the raw body, calls `onEvent`, answers 204.
 * A webhook that doesn't verify is answered 401 with the reason, a body over `maxBodyBytes` 413. Errors of `secrets`
 * and `onEvent` go to the host's `app.onError`. It doesn't remember ids: act once on each `id`.
 *
 * Earlier middleware may have read the body through `c.req.json()`, `c.req.text()` or `c.req.arrayBuffer()`; where
 * the bytes are gone all the same, it answers 500 and says what to do.
 * @throws {ConfigError} for options that break a rule, a secret that isn't `whsec_…` among them.
 * @example
 * app.post("/webhooks", webhookReceiver({
 *   secrets: process.env.WEBHOOK_SECRET ?? "",
 *   onEvent: async ({ id, event }) => queue.add(id, event),
 * }));
 * @see https://www.standardwebhooks.com
 */
export function webhookReceiver(options: WebhookReceiverOptions): Handler {
  const receiver = createWebhookReceiver<Context>(options);
  return async function webhookReceiver(c) {
    const body = await readRawBody(c.req, receiver.maxBodyBytes);
    return toResponse(c, await receiver.receive(c, { headers: c.req.raw.headers, body }));
  };
}
