import { createWebhookGuard, type ReceivedWebhook, type WebhookGuardOptions } from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { readRawBody } from "./raw-body.js";
import { writeReply } from "./reply.js";

declare global {
  namespace Express {
    interface Request {
      /** What was sent: set by `requireWebhook`, and only there. On a route without it, it is undefined. */
      webhook: ReceivedWebhook;
    }
  }
}

export type RequireWebhookOptions = WebhookGuardOptions<Request>;

/**
 * Lets a request through when it is a webhook that verifies, and sets `req.webhook`; the route answers. Refuses as
 * `webhookReceiver` does, and stands before body parsers as that does. It remembers no ids: an event that arrives twice
 * comes to the route twice.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 * @example
 * const verifyWebhookSignature = requireWebhook({ secrets: process.env.WEBHOOK_SECRET ?? "" });
 * app.post("/webhook", verifyWebhookSignature, (req, res) => {
 *   queue.add(req.webhook.id, req.webhook.event);
 *   res.sendStatus(200);
 * });
 * @see https://www.standardwebhooks.com
 */
export function requireWebhook(options: RequireWebhookOptions): Middleware {
  const guard = createWebhookGuard<Request>(options);
  return createMiddleware(async function requireWebhook(req, res) {
    const body = await readRawBody(req, guard.maxBodyBytes);
    const verdict = await guard.judge(req, { headers: { ...req.headers, ...req.headersDistinct }, body });
    if (!verdict.ok) {
      writeReply(res, verdict.reply);
      return false;
    }
    req.webhook = verdict.webhook;
    return true;
  });
}
