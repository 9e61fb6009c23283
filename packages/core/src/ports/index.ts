export type {
  ApiKeyChanges,
  ApiKeyFilter,
  ApiKeyRecord,
  ApiKeyStore,
  NewApiKey,
  SuccessorKey,
} from "./api-key-store.js";
export type { Clock } from "./clock.js";
export type { Crypto } from "./crypto.js";
export type {
  ClaimedDelivery,
  ClaimRequest,
  DeliveryQueue,
  Settlement,
  SettlementOutcome,
} from "./delivery-queue.js";
export type { AttemptRecord, DeliveryRecord, DeliveryStore } from "./delivery-store.js";
export type {
  EndpointChanges,
  EndpointFilter,
  EndpointRecord,
  EndpointStore,
  NewEndpoint,
  SealedHeadersRecord,
  SealedSecretRecord,
  WhileDisabled,
} from "./endpoint-store.js";
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
export type { MessageRecord, MessageStore, NewMessage, PublishOutcome } from "./message-store.js";
export type { Random } from "./random.js";
export type { ChargeRequest, ConsumeOutcome, RateLimitStore } from "./rate-limit-store.js";
export type { ReplayPage, ReplayRequest, ReplayStore } from "./replay-store.js";
export type { Storage, Stores } from "./storage.js";
