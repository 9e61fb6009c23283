import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { EndpointRecord } from "../ports/endpoint-store.js";

export type ApiKeyAction =
  | "api_key.created"
  | "api_key.imported"
  | "api_key.updated"
  | "api_key.disabled"
  | "api_key.enabled"
  | "api_key.revoked"
  | "api_key.rotated";

export type EndpointAction =
  | "endpoint.created"
  | "endpoint.updated"
  | "endpoint.disabled"
  | "endpoint.enabled"
  | "endpoint.deleted"
  | "endpoint.secret_rotated"
  /** No change, but whoever has seen a secret can sign with it. */
  | "endpoint.secret_revealed";

export type DeliveryAction =
  | "delivery.retried"
  | "delivery.discarded"
  | "delivery.resent"
  | "delivery.recovered"
  | "delivery.replayed"
  | "delivery.cancelled";

type Details = Readonly<Record<string, string | number | boolean | Date>>;

export interface ApiKeyMutation {
  readonly kind: "api_key";
  readonly action: ApiKeyAction;
  /** The key as it was, read under a lock. Absent: there was none. */
  readonly before: ApiKeyRecord | undefined;
  readonly after: ApiKeyRecord;
  readonly details?: Details;
}

export interface EndpointMutation {
  readonly kind: "endpoint";
  readonly action: EndpointAction;
  readonly tenantId: string;
  readonly endpointId: string;
  /** The endpoint as it was, read under a lock. Absent: there was none, or it stays as it is. */
  readonly before: EndpointRecord | undefined;
  /** Absent: it is no more, or stays as it is. */
  readonly after: EndpointRecord | undefined;
  readonly details?: Details;
}

export interface DeliveryMutation {
  readonly kind: "delivery";
  readonly action: DeliveryAction;
  readonly tenantId: string;
  /** One delivery, or all those of an endpoint that `details` tell of. */
  readonly target: { readonly type: "delivery" | "endpoint"; readonly id: string };
  readonly details?: Details;
}

/** One change that somebody made: what the audit log and the lifecycle events are told. */
export type Mutation = ApiKeyMutation | EndpointMutation | DeliveryMutation;
