export type {
  ApiKeyChanges,
  ApiKeyFilter,
  ApiKeyRecord,
  ApiKeyStore,
  NewApiKey,
  SuccessorKey,
} from "./api-key-store.js";
export type {
  AuditChange,
  AuditFilter,
  AuditRecord,
  AuditStore,
  NewAuditRecord,
} from "./audit-store.js";
export type { Clock } from "./clock.js";
export type { Crypto } from "./crypto.js";
export type {
  ClaimedDelivery,
  ClaimOutcome,
  ClaimRequest,
  DeliveryQueue,
  OldestDue,
  Settlement,
  SettlementOutcome,
  SettlementResult,
} from "./delivery-queue.js";
export type { AttemptRecord, DeliveryRecord, DeliveryStore } from "./delivery-store.js";
export type {
  EndpointChanges,
  EndpointFilter,
  EndpointHealth,
  EndpointRateLimit,
  EndpointRecord,
  EndpointSigning,
  EndpointStore,
  NewEndpoint,
  SealedHeadersRecord,
  SealedSecretRecord,
  WhileDisabled,
} from "./endpoint-store.js";
export type { ErasedRecords, ErasureStore } from "./erasure-store.js";
export type { HttpFailure, HttpRequest, HttpResult, HttpTransport, UrlCheck } from "./http.js";
export type { KeyChangeListener, KeyChangeSubscription, KeyChanges } from "./key-changes.js";
export type {
  KeyLastUse,
  KeyUsageCount,
  KeyUsageOutcome,
  KeyUsagePeriod,
  KeyUsageStore,
} from "./key-usage-store.js";
export type { Logger } from "./logger.js";
export type {
  MessageRecord,
  MessageReference,
  MessageStore,
  NewMessage,
  PublishOutcome,
} from "./message-store.js";
export type { QueueChangeListener, QueueChangeSubscription, QueueChanges } from "./queue-changes.js";
export type { Random } from "./random.js";
export type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "./rate-limit-store.js";
export type { ReplayPage, ReplayRequest, ReplayStore } from "./replay-store.js";
export type { PrunedMessages, RetentionStore } from "./retention-store.js";
export type {
  PutIfAbsentOutcome,
  ShortLivedEntry,
  ShortLivedKey,
  ShortLivedQuestion,
  ShortLivedStore,
} from "./short-lived-store.js";
export type { AttemptFigures, StatisticsStore } from "./statistics-store.js";
export type { Storage, StorageCheck, Stores } from "./storage.js";
export type { Telemetry, TelemetryAttributes, TelemetrySpan } from "./telemetry.js";
