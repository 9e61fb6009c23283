import type { RetrySchedule } from "../webhooks/retry-schedule.js";

/** What happens to events that match while the endpoint is disabled: a delivery waits, or none is made. */
export type WhileDisabled = "hold" | "skip";

/** A partner's URL and what is sent there. */
export interface EndpointRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly url: string;
  /** Event types, exact or with `*` at the end of a dotted part (`post.*`) or alone (`*`). */
  readonly eventTypes: readonly string[];
  /** When not empty, only messages that carry one of these channels match. */
  readonly channels: readonly string[];
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly whileDisabled: WhileDisabled;
  /** Absent: the host's default. */
  readonly retrySchedule: RetrySchedule | undefined;
  /** Grows with every change that affects deliveries, secrets included. Starts at 1. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly disabledAt: Date | undefined;
  /** Why it was disabled, for people: `manual`, `gone` … */
  readonly disabledReason: string | undefined;
}

export type NewEndpoint = Omit<
  EndpointRecord,
  "revision" | "createdAt" | "updatedAt" | "disabledAt" | "disabledReason"
>;

/** A signing secret as stored: sealed by the vault, readable only there. */
export interface SealedSecretRecord {
  readonly id: string;
  readonly sealed: string;
}

export interface EndpointStore {
  /** Stores an endpoint with its first signing secret, and its delivery state, in one step. */
  insert(request: {
    readonly endpoint: NewEndpoint;
    readonly secret: SealedSecretRecord;
    readonly now?: Date;
  }): Promise<EndpointRecord>;
  find(request: {
    readonly tenantId: string;
    readonly endpointId: string;
  }): Promise<EndpointRecord | undefined>;
  /** Newest first. `cursor` is the id of the last endpoint already seen. */
  list(request: {
    readonly tenantId: string;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<readonly EndpointRecord[]>;
  /** Secrets that sign now, newest first; empty when the tenant has no such endpoint. */
  listSecrets(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly now?: Date;
  }): Promise<readonly SealedSecretRecord[]>;
  /**
   * Switches an endpoint off. One short statement however many deliveries are pending: they show as `held`.
   * Idempotent: the first instant and reason stay. Undefined when the tenant has no such endpoint.
   */
  disable(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly reason: string;
    readonly now?: Date;
  }): Promise<EndpointRecord | undefined>;
  /** Switches an endpoint on; held deliveries become claimable again. Idempotent. */
  enable(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly now?: Date;
  }): Promise<EndpointRecord | undefined>;
}
