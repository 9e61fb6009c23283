export type { ApiKeyGuard } from "./api-key-guard.js";
export type { DoctorConfig, HttpConfig } from "./config.js";
export type { CredentialPlace } from "./credentials/read-credentials.js";
export type { DoctorWarning } from "./doctor/warnings.js";
export type { HttpReply, HttpRequestView } from "./exchange.js";
export type { RateLimitGuard } from "./rate-limit-guard.js";
export { problemReply } from "./replies/problem.js";
export type { Refusal, RenderedRefusal, RenderRefusal } from "./replies/refusal.js";
export { mergeReplyHeaders } from "./replies/reply-headers.js";
export type { GuardDecision, RequestContext } from "./request-context.js";
export type { ApiKeyGuardOptions, RateLimitGuardOptions } from "./schemas.js";
export type {
  EventHandler,
  EventSchemas,
  ReceivedWebhook,
  WebhookReceiverOptions,
  WebhookRefusal,
} from "./webhook-receiver/receiver-options.js";
export {
  createWebhookReceiver,
  type RawBody,
  type WebhookReceiver,
} from "./webhook-receiver/webhook-receiver.js";
