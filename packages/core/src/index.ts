export type { ApiKey, CreatedApiKey } from "./api-keys/api-key.js";
export type {
  AuthenticateKeyRequest,
  AuthenticateKeyResult,
  KeyRefusalReason,
} from "./api-keys/authenticate-key.js";
export type { CreateApiKeyInput } from "./api-keys/schemas.js";
export type { TenonConfig } from "./config.js";
export { createTenon } from "./create-tenon.js";
export type { ErrorCode } from "./errors/codes.js";
export {
  ConfigError,
  ConflictError,
  type InputProblem,
  isTenonError,
  NotFoundError,
  StorageError,
  TenonError,
  ValidationError,
} from "./errors/tenon-error.js";
export type { RequestContext } from "./http/request-context.js";
export type { Page } from "./input/page.js";
export type { AttemptRecord, DeliveryRecord } from "./ports/delivery-store.js";
export type { EndpointRecord } from "./ports/endpoint-store.js";
export type { LimitState } from "./rate-limit/describe-limit.js";
export type { RateLimit } from "./rate-limit/limit.js";
export type { RateLimitInput } from "./rate-limit/schemas.js";
export { createSecret, isSecret, type Secret } from "./secret/secret.js";
export type { BoundTenon, Runner, Tenon } from "./tenon.js";
export type { CreatedEndpoint } from "./webhooks/endpoint-service.js";
export type { Envelope, EnvelopeParts } from "./webhooks/envelope.js";
export type { EventTypeDefinition, PayloadSchema } from "./webhooks/event-catalogue.js";
export type { Message } from "./webhooks/message.js";
export type { PublishResult } from "./webhooks/publish.js";
export type { RetrySchedule } from "./webhooks/retry-schedule.js";
export type { CreateEndpointInput, PublishInput, RunnerOptions } from "./webhooks/schemas.js";
