import type { WebhookHeaders } from "@tenon/verify-webhook";
import type { HttpReply } from "../exchange.js";
import type { ReceivedWebhook, WebhookReceiverOptions } from "./receiver-options.js";
import { createWebhookReceiver, type RawBody } from "./webhook-receiver.js";

/** A receiver's options, but for what becomes of an event: that is the route's own. */
export type WebhookGuardOptions<Request> = Omit<
  WebhookReceiverOptions<Request>,
  "on" | "onEvent" | "transaction" | "seen"
>;

export interface WebhookGuard<Request> {
  readonly maxBodyBytes: number;
  /** The verified webhook for the route, or the reply that refuses it. */
  judge(
    request: Request,
    incoming: { readonly headers: WebhookHeaders; readonly body: RawBody },
  ): Promise<
    | { readonly ok: true; readonly webhook: ReceivedWebhook }
    | { readonly ok: false; readonly reply: HttpReply }
  >;
}

/**
 * Makes what stands before a route that webhooks come to: it verifies as a receiver does, and leaves the answer to the
 * route.
 * @throws {ConfigError} for options that break a rule, a secret that is none among them.
 */
export function createWebhookGuard<Request extends object>(
  options: WebhookGuardOptions<Request>,
): WebhookGuard<Request> {
  const verified = new WeakMap<Request, ReceivedWebhook>();
  const { maxBodyBytes, receive } = createWebhookReceiver<Request>({
    ...options,
    onEvent: (webhook, request) => void verified.set(request, webhook),
  });
  return {
    maxBodyBytes,
    async judge(request, incoming) {
      const reply = await receive(request, incoming);
      const webhook = verified.get(request);
      return webhook === undefined ? { ok: false, reply } : { ok: true, webhook };
    },
  };
}
