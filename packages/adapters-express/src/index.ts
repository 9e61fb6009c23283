export { findCaller } from "./find-caller.js";
export type { Middleware } from "./middleware.js";
export { type RateLimitOptions, rateLimit } from "./rate-limit.js";
export { type RequireApiKeyOptions, requireApiKey } from "./require-api-key.js";
export { type WebhookReceiverOptions, webhookReceiver } from "./webhook-receiver.js";
