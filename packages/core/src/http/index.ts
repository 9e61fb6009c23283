export type { ApiKeyGuard } from "./api-key-guard.js";
export type { HttpReply, HttpRequestView } from "./exchange.js";
export { problemReply } from "./problem.js";
export type { RateLimitGuard } from "./rate-limit-guard.js";
export { mergeReplyHeaders } from "./reply-headers.js";
export type { GuardDecision, RequestContext } from "./request-context.js";
export type { ApiKeyGuardOptions, RateLimitGuardOptions } from "./schemas.js";
export {
  createWebhookReceiver,
  type RawBody,
  type ReceivedWebhook,
  type WebhookReceiver,
  type WebhookReceiverOptions,
} from "./webhook-receiver.js";
