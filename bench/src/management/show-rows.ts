import { uuidToPublicId } from "@tenon/core/encoding";

/** A row as PostgreSQL gives it, decoded. */
export type Row = Readonly<Record<string, unknown>>;

/** A delivery as the management API shows it. What is listed here is final. */
export function showDelivery(row: Row) {
  return {
    id: uuidToPublicId("dlv", String(row.id)),
    messageId: uuidToPublicId("msg", String(row.message_id)),
    endpointId: uuidToPublicId("ep", String(row.endpoint_id)),
    state: row.state,
    attemptCount: row.attempt_count,
    createdAt: showInstant(row.created_at),
    nextAttemptAt: showInstant(row.due_at),
    finishedAt: showInstant(row.finished_at),
    failureReason: row.failure_reason,
  };
}

/** An endpoint as the management API shows it. */
export function showEndpoint(row: Row) {
  return {
    id: uuidToPublicId("ep", String(row.id)),
    url: row.url,
    eventTypes: row.event_types,
    channels: row.channels,
    name: row.name,
    description: row.description,
    metadata: row.metadata,
    headers: {},
    enabled: row.disabled_at === null,
    integrationId: row.integration_id,
    whileDisabled: row.while_disabled,
    retrySchedule: row.retry_schedule,
    timeoutMs: row.timeout_ms,
    concurrency: row.concurrency,
    fifo: row.fifo,
    rateLimit: row.rate_limit,
    signing: row.signing,
    publicKey: row.public_key,
    revision: row.revision,
    createdAt: showInstant(row.created_at),
    updatedAt: showInstant(row.updated_at),
    disabledAt: showInstant(row.disabled_at),
    disabledReason: row.disabled_reason,
    failingSince: showInstant(row.failing_since),
    pausedUntil: showInstant(row.paused_until),
    slowSince: showInstant(row.slow_since),
    lastDeliveryAt: showInstant(row.last_delivery_at),
  };
}

function showInstant(text: unknown): string | null {
  return typeof text === "string" ? new Date(text).toISOString() : null;
}
