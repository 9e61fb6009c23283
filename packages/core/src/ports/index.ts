export type { ApiKeyRecord, ApiKeyStore, NewApiKey } from "./api-key-store.js";
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
  EndpointRecord,
  EndpointStore,
  NewEndpoint,
  SealedSecretRecord,
  WhileDisabled,
} from "./endpoint-store.js";
export type { HttpFailure, HttpRequest, HttpResult, HttpTransport, UrlCheck } from "./http.js";
export type { Logger } from "./logger.js";
export type { MessageRecord, MessageStore, NewMessage, PublishOutcome } from "./message-store.js";
export type { Random } from "./random.js";
export type { ConsumeOutcome, ConsumeRequest, RateLimitStore } from "./rate-limit-store.js";
export type { Storage, Stores } from "./storage.js";
