export type { ApiKey, CreatedApiKey } from "./api-keys/api-key.js";
export type { LimitScope } from "./api-keys/key-limits.js";
export type { KeyUsage, KeyUsageCounts } from "./api-keys/key-usage.js";
export type {
  AuthenticateKeyRequest,
  AuthenticateKeyResult,
  KeyRefusalReason,
  LimitsForKey,
} from "./api-keys/key-verdict.js";
export type { RotatedApiKey } from "./api-keys/rotate-key.js";
export type {
  CreateApiKeyInput,
  CreateApiKeysInput,
  ImportApiKeysInput,
  ListApiKeysInput,
  RevokeApiKeysInput,
  RotateApiKeyInput,
  UpdateApiKeyInput,
} from "./api-keys/schemas.js";
export type { Actor } from "./audit/actor.js";
export type { ListAuditInput, RecordAuditInput } from "./audit/schemas.js";
export type { ApiKeysConfig, TenonConfig } from "./config.js";
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
export type { Readiness, ReadinessCheck, ReadinessChecks } from "./health/readiness.js";
export type { ReadinessConfig } from "./health/schemas.js";
export type { DoctorConfig, HttpConfig } from "./http/config.js";
export type { CredentialPlace } from "./http/credentials/read-credentials.js";
export type { DoctorWarning } from "./http/doctor/warnings.js";
export type { Refusal, RenderedRefusal, RenderRefusal } from "./http/replies/refusal.js";
export type { RequestContext } from "./http/request-context.js";
export type { Page } from "./input/page.js";
export type { LifecycleHandler } from "./lifecycle/dispatcher.js";
export { LIFECYCLE_EVENT_TYPES } from "./lifecycle/event-table.js";
export type { LifecycleEvent, LifecycleEventPayloads, LifecycleEventType } from "./lifecycle/events.js";
export type { AuditChange, AuditRecord } from "./ports/audit-store.js";
export type { AttemptRecord, DeliveryRecord } from "./ports/delivery-store.js";
export type { ErasedRecords } from "./ports/erasure-store.js";
export type { PruneResult } from "./prune.js";
export type { LimitState } from "./rate-limit/describe-limit.js";
export type { RateLimit } from "./rate-limit/limit.js";
export type { RateLimitVerdict } from "./rate-limit/limit-verdict.js";
export type { ChargesInput, RateLimitInput } from "./rate-limit/schemas.js";
export { createSecret, isSecret, type Secret } from "./secret/secret.js";
export type { ActingTenon, BoundTenon, Runner, Tenon, TenonServices } from "./tenon.js";
export type { Endpoint } from "./webhooks/endpoint.js";
export type { CreatedEndpoint } from "./webhooks/endpoint-service.js";
export type { Envelope, EnvelopeParts } from "./webhooks/envelope.js";
export type { EventTypeDefinition, PayloadSchema } from "./webhooks/event-catalogue.js";
export type { EventType } from "./webhooks/event-type-service.js";
export type { Message } from "./webhooks/message.js";
export type { PublishResult } from "./webhooks/publish.js";
export type { RetentionDays, RetentionPolicy } from "./webhooks/retention.js";
export type { RetrySchedule } from "./webhooks/retry-schedule.js";
export type {
  CountDeliveriesInput,
  CreateEndpointInput,
  DrainOptions,
  EnableEndpointInput,
  PublishInput,
  PublishManyInput,
  PublishNowInput,
  RecoverInput,
  ReplayInput,
  ResendInput,
  RotateSecretInput,
  RunnerOptions,
  SendTestInput,
  StatisticsInput,
  UpdateEndpointInput,
} from "./webhooks/schemas.js";
export type { EndpointFigures, EndpointStatistics } from "./webhooks/statistics.js";
