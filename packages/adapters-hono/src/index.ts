export { answerErrors } from "./answer-errors.js";
export { findCaller } from "./find-caller.js";
export { healthCheck, readinessCheck } from "./health-checks.js";
export { jwtPrincipal } from "./jwt-principal.js";
export { type ManagementOptions, managementApi } from "./management-api.js";
export { type RateLimitOptions, rateLimit } from "./rate-limit.js";
export { type RequireApiKeyOptions, requireApiKey } from "./require-api-key.js";
export { type RequireWebhookOptions, requireWebhook } from "./require-webhook.js";
export { type WebhookReceiverOptions, webhookReceiver } from "./webhook-receiver.js";
