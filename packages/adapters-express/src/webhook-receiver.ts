import { createWebhookReceiver, type WebhookReceiverOptions as ReceiverOptions } from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { readRawBody } from "./raw-body.js";
import { writeReply } from "./reply.js";

export type WebhookReceiverOptions = ReceiverOptions<Request>;

/**
 * Receives webhooks signed the Standard Webhooks way: verifies the raw body, calls `onEvent`, answers 204.
 * A webhook that doesn't verify is answered 401 with the reason, a body over `maxBodyBytes` 413. Errors of `secrets`
 * and `onEvent` go to the host's error handler. It doesn't remember ids: act once on each `id`.
 *
 * Mount it before any body parser, or have the parser keep the bytes in `req.rawBody`; where neither is done, it
 * answers 500 and says so. `express.raw({ type: () => true })` in front of it is fine.
 * @throws {ConfigError} for options that break a rule, a secret that isn't `whsec_…` among them.
 * @example
 * app.post("/webhooks", webhookReceiver({
 *   secrets: process.env.WEBHOOK_SECRET ?? "",
 *   onEvent: async ({ id, event }) => queue.add(id, event),
 * }));
 * app.use(express.json());
 * @see https://www.standardwebhooks.com
 */
export function webhookReceiver(options: WebhookReceiverOptions): Middleware {
  const receiver = createWebhookReceiver<Request>(options);
  return createMiddleware(async function webhookReceiver(req, res) {
    const body = await readRawBody(req, receiver.maxBodyBytes);
    // `headers` alone would hide that a header came twice.
    const reply = await receiver.receive(req, { headers: { ...req.headers, ...req.headersDistinct }, body });
    writeReply(res, reply);
    return false;
  });
}
