import {
  createWebhookReceiver,
  type EventSchemas,
  type WebhookReceiverOptions as ReceiverOptions,
} from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { readRawBody } from "./raw-body.js";
import { writeReply } from "./reply.js";

export type WebhookReceiverOptions<
  Events extends EventSchemas = EventSchemas,
  Transaction = undefined,
> = ReceiverOptions<Request, Events, Transaction>;

/**
 * Receives webhooks, signed the Standard Webhooks way or as `profiles` says: verifies the raw body, calls the event's
 * handler, answers 204. One that doesn't verify is answered 401, and `onRefused` is told why; a body over
 * `maxBodyBytes` 413. Errors of `secrets` and the handlers go to the host's error handler. Webhooks arrive at least once:
 * with `transaction` and `seen` each `id` is acted on once, without them that is the handler's to see to.
 *
 * Mount it before any body parser, or have the parser keep the bytes in `req.rawBody`; where neither is done, it
 * answers 500 and says so. `express.raw({ type: () => true })` in front of it is fine.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 * @example
 * app.post("/webhooks", webhookReceiver({
 *   secrets: process.env.WEBHOOK_SECRET ?? "",
 *   onEvent: async ({ id, event }) => queue.add(id, event),
 * }));
 * app.use(express.json());
 * @see https://www.standardwebhooks.com
 */
export function webhookReceiver<Events extends EventSchemas = EventSchemas, Transaction = undefined>(
  options: WebhookReceiverOptions<Events, Transaction>,
): Middleware {
  const receiver = createWebhookReceiver<Request, Events, Transaction>(options);
  return createMiddleware(async function webhookReceiver(req, res) {
    const body = await readRawBody(req, receiver.maxBodyBytes);
    // `headers` alone would hide that a header came twice.
    const reply = await receiver.receive(req, { headers: { ...req.headers, ...req.headersDistinct }, body });
    writeReply(res, reply);
    return false;
  });
}
