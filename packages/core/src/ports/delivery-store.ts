import type { FailureReason } from "../webhooks/classify-response.js";
import type { DeliveryState } from "../webhooks/delivery-state.js";

/** One message on its way to one endpoint. */
export interface DeliveryRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly state: DeliveryState;
  /** Attempts settled so far. */
  readonly attemptCount: number;
  readonly createdAt: Date;
  /** When the next attempt is due; undefined once final. */
  readonly nextAttemptAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  /** Why the last attempt of an exhausted delivery failed. */
  readonly failureReason: FailureReason | undefined;
}

/** One HTTP request made for a delivery. */
export interface AttemptRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly deliveryId: string;
  readonly endpointId: string;
  /** 1 for the first. */
  readonly attemptNumber: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly succeeded: boolean;
  readonly failureReason: FailureReason | undefined;
  /** Why no response came, in the transport's words: `could not connect to partner.example (ECONNREFUSED)`. */
  readonly error: string | undefined;
  readonly responseStatus: number | undefined;
  /** Redacted: no cookies, no credentials. */
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  /** The first bytes of the body, as text. */
  readonly responseBody: string | undefined;
}

export interface DeliveryStore {
  find(request: {
    readonly tenantId: string;
    readonly deliveryId: string;
    readonly now?: Date;
  }): Promise<DeliveryRecord | undefined>;
  /** Newest message first. `cursor` is the id of the last delivery already seen. Filters combine. */
  list(request: {
    readonly tenantId: string;
    readonly limit: number;
    readonly cursor?: string;
    readonly endpointId?: string;
    readonly messageId?: string;
    /** Those that show this state at that moment. */
    readonly state?: DeliveryState;
    readonly now?: Date;
  }): Promise<readonly DeliveryRecord[]>;
  /** How many deliveries show a state, of one endpoint if given; counts no further than `limit`. */
  count(request: {
    readonly tenantId: string;
    readonly state: DeliveryState;
    readonly endpointId?: string;
    readonly limit: number;
    readonly now?: Date;
  }): Promise<number>;
  /** The last attempts of a delivery, at most `limit`, first one first. */
  listAttempts(request: {
    readonly tenantId: string;
    readonly deliveryId: string;
    readonly limit: number;
  }): Promise<readonly AttemptRecord[]>;
}
