import { createWebhookGuard, type ReceivedWebhook, type WebhookGuardOptions } from "@tenon/core/http";
import type { Context, MiddlewareHandler } from "hono";
import { readRawBody } from "./raw-body.js";
import { toResponse } from "./reply.js";

export type RequireWebhookOptions = WebhookGuardOptions<Context>;

/**
 * Lets a request through when it is a webhook that verifies, and sets `c.get("webhook")`; the route answers. Refuses as
 * `webhookReceiver` does. It remembers no ids: an event that arrives twice comes to the route twice.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 * @example
 * app.post("/webhook", requireWebhook({ secrets: process.env.WEBHOOK_SECRET ?? "" }), (c) => {
 *   const { id, event } = c.get("webhook");
 *   queue.add(id, event);
 *   return c.text("OK");
 * });
 * @see https://www.standardwebhooks.com
 */
export function requireWebhook(
  options: RequireWebhookOptions,
): MiddlewareHandler<{ Variables: { webhook: ReceivedWebhook } }> {
  const guard = createWebhookGuard<Context>(options);
  return async function requireWebhook(c, next) {
    const body = await readRawBody(c.req, guard.maxBodyBytes);
    const verdict = await guard.judge(c, { headers: c.req.raw.headers, body });
    if (!verdict.ok) return toResponse(c, verdict.reply);
    c.set("webhook", verdict.webhook);
    await next();
  };
}
