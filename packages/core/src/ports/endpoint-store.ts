import type { RetrySchedule } from "../webhooks/retry-schedule.js";

/** What happens to events that match while the endpoint is disabled: a delivery waits, or none is made. */
export type WhileDisabled = "hold" | "skip";

/** At most so many attempts begin in a window, which opens with the first of them. */
export interface EndpointRateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/**
 * What signs an endpoint's deliveries: a secret of its own (`hmac`), a key pair of its own (`ed25519`), or the secret
 * that the host shares with all its receivers (`shared`).
 */
export type EndpointSigning = "hmac" | "ed25519" | "shared";

/** Request headers of a partner's own: their names to show, names and values sealed by the vault. */
export interface SealedHeadersRecord {
  readonly names: readonly string[];
  readonly sealed: string;
}

/** A partner's URL and what is sent there. */
export interface EndpointRecord {
  readonly tenantId: string;
  readonly id: string;
  readonly url: string;
  /** Event types, exact or with `*` at the end of a dotted part (`post.*`) or alone (`*`). */
  readonly eventTypes: readonly string[];
  /** When not empty, only messages that carry one of these channels match. */
  readonly channels: readonly string[];
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The integration it belongs to, by whatever id the host has for that. */
  readonly integrationId: string | undefined;
  readonly whileDisabled: WhileDisabled;
  /** Absent: the host's default. */
  readonly retrySchedule: RetrySchedule | undefined;
  /** Time for one attempt, in milliseconds. Absent: the runner's default. */
  readonly timeoutMs: number | undefined;
  readonly sealedHeaders: SealedHeadersRecord | undefined;
  /** Deliveries under way at once, over all runners. Absent: the runners' limit alone. */
  readonly concurrency: number | undefined;
  /** One at a time, oldest message first: the head keeps the others waiting until it is final. */
  readonly fifo: boolean;
  /** How fast it may be called, over all runners. Absent: as fast as they can. */
  readonly rateLimit: EndpointRateLimit | undefined;
  readonly signing: EndpointSigning;
  /** What verifies the newest ed25519 signature, `whpk_…`: partners may read it. Absent unless `signing` is `ed25519`. */
  readonly publicKey: string | undefined;
  /** Grows with every change that affects deliveries, secrets included. Starts at 1. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly disabledAt: Date | undefined;
  /** Why it was disabled, for people: `manual`, `gone`, `failing` … */
  readonly disabledReason: string | undefined;
  /** When the failures began that no success has ended yet. */
  readonly failingSince: Date | undefined;
  /**
   * Until when nothing is sent: its receiver asked for quiet, or the head of a fifo endpoint waits for its retry. Stays
   * once it has passed.
   */
  readonly pausedUntil: Date | undefined;
  /**
   * Since when it gets one delivery at a time, until one succeeds: it answered too late, or failed `SLOW_AFTER_FAILURES`
   * times in a row.
   */
  readonly slowSince: Date | undefined;
  /** When an attempt was last made, whatever came of it; up to a minute behind. */
  readonly lastDeliveryAt: Date | undefined;
}

/** What moves by itself as deliveries are made. */
export type EndpointHealth = Pick<
  EndpointRecord,
  "failingSince" | "pausedUntil" | "slowSince" | "lastDeliveryAt"
>;

export type NewEndpoint = Omit<
  EndpointRecord,
  "revision" | "createdAt" | "updatedAt" | "disabledAt" | "disabledReason" | keyof EndpointHealth
>;

/** What of an endpoint can be changed. Absent: stays as it is. Null: taken away. */
export type EndpointChanges = Partial<
  Pick<EndpointRecord, "url" | "eventTypes" | "channels" | "metadata" | "whileDisabled" | "fifo"> & {
    readonly [Field in
      | "name"
      | "description"
      | "retrySchedule"
      | "timeoutMs"
      | "sealedHeaders"
      | "concurrency"
      | "integrationId"
      | "rateLimit"]: EndpointRecord[Field] | null;
  }
>;

/** Which endpoints a listing shows; each condition narrows it. */
export interface EndpointFilter {
  readonly status?: "enabled" | "disabled";
  /** Those whose event types admit this type. */
  readonly eventType?: string;
  readonly integrationId?: string;
}

/** A signing secret as stored: sealed by the vault, readable only there. */
export interface SealedSecretRecord {
  readonly id: string;
  readonly sealed: string;
}

export interface EndpointStore {
  /**
   * Stores an endpoint with its first signing secret, if it has one of its own, and its delivery state, in one step.
   * With `maxEndpoints`, rejects with the code `LIMIT_EXCEEDED` when the tenant has that many, disabled ones included.
   * Calls that name a maximum, of any process, never exceed it together; inside a transaction they make the others
   * wait for its end.
   */
  insert(request: {
    readonly endpoint: NewEndpoint;
    /** Left out for an endpoint that signs with what the host shares. */
    readonly secret?: SealedSecretRecord;
    readonly maxEndpoints?: number;
    readonly now?: Date;
  }): Promise<EndpointRecord>;
  find(request: {
    readonly tenantId: string;
    readonly endpointId: string;
  }): Promise<EndpointRecord | undefined>;
  /**
   * As `find`. Inside a transaction nobody else changes the endpoint's settings until its end; publishing to it and
   * delivering go on.
   */
  lock(request: {
    readonly tenantId: string;
    readonly endpointId: string;
  }): Promise<EndpointRecord | undefined>;
  /** Newest first, at most `limit` that all pass the filter. `cursor` is the id of the last endpoint already seen. */
  list(
    request: {
      readonly tenantId: string;
      readonly limit: number;
      readonly cursor?: string;
    } & EndpointFilter,
  ): Promise<readonly EndpointRecord[]>;
  /**
   * Changes the fields given and returns the endpoint; undefined when the tenant has no such endpoint. Changes that
   * meet follow each other: fields that only one of them names are kept, and the revision grows with each.
   */
  update(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly changes: EndpointChanges;
    readonly now?: Date;
  }): Promise<EndpointRecord | undefined>;
  /**
   * Deletes an endpoint: no method finds it from then on, no message matches it, nothing more is claimed for it, and
   * what wasn't final shows as `cancelled`, but for attempts under way. One short statement however much is pending.
   * Answers whether this call deleted it: of several at once, one.
   */
  delete(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly now?: Date;
  }): Promise<boolean>;
  /**
   * Adds a secret that signs from now on; those that sign already go on for `overlapSeconds`, if they don't end sooner.
   * With 0 the new one is alone at once. With `mostSecrets` no more than that sign, the new one counted: the oldest of
   * the others end at once. The revision grows, and `publicKey` is the endpoint's from then on, if given.
   * Undefined when the tenant has no such endpoint.
   * However many callers meet, exactly one secret is left without an end.
   */
  rotateSecret(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly secret: SealedSecretRecord;
    readonly publicKey?: string;
    readonly overlapSeconds: number;
    readonly mostSecrets?: number;
    readonly now?: Date;
  }): Promise<EndpointRecord | undefined>;
  /** Secrets that sign now, newest first: the one without an end leads. Empty when the tenant has no such endpoint. */
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
  /**
   * Disables an endpoint that has failed without a success for `disableAfterMs`, with the reason `failing`; one that
   * has for `warnAfterMs` is marked as warned of. Returns what this call did: of several at once, one disables and one
   * warns, until a success or `enable` begins it anew. It waits for no transaction that changes the endpoint, and leaves
   * it to the next failure then. Safe to repeat.
   */
  disableFailing(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly warnAfterMs: number;
    readonly disableAfterMs: number;
    readonly now?: Date;
  }): Promise<"disabled" | "warned" | undefined>;
  /**
   * Switches an endpoint on; held deliveries become claimable again. One that was off starts afresh: it is neither
   * failing nor slow nor paused by its receiver. Idempotent.
   */
  enable(request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly now?: Date;
  }): Promise<EndpointRecord | undefined>;
}
