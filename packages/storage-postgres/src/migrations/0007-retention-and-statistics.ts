import type { Migration } from "./migration.js";

/**
 * What the removal of old records looks for, what lists deliveries by every state, and what statistics read: an index that holds all they ask of an attempt,
 * so that the attempts themselves, with their responses, stay unread.
 */
export const retentionAndStatistics: Migration = {
  number: 7,
  name: "retention_and_statistics",
  statements: (schema) => [
    `CREATE INDEX endpoints_deleted ON ${schema}.endpoints (deleted_at) WHERE deleted_at IS NOT NULL`,
    `CREATE INDEX api_key_usage_hour ON ${schema}.api_key_usage (hour)`,
    `ALTER TABLE ${schema}.attempts ADD COLUMN is_last boolean NOT NULL DEFAULT false`,
    `CREATE INDEX attempts_endpoint ON ${schema}.attempts (tenant_id, endpoint_id, started_at)
  INCLUDE (duration_ms, succeeded, is_last, failure_reason)`,
    // A column of its own: were `state` in a predicate, every settlement would write to every index.
    `ALTER TABLE ${schema}.deliveries ADD COLUMN is_cancelled boolean NOT NULL DEFAULT false`,
    `UPDATE ${schema}.deliveries SET is_cancelled = true WHERE state = 'cancelled'`,
    `CREATE INDEX deliveries_cancelled ON ${schema}.deliveries (tenant_id, id) WHERE is_cancelled`,
    `CREATE INDEX deliveries_cancelled_endpoint ON ${schema}.deliveries (tenant_id, endpoint_id, id) WHERE is_cancelled`,
    // An endpoint's queue from end to end, each delivery in one of the two.
    `CREATE INDEX delivery_queue_untried ON ${schema}.delivery_queue (tenant_id, endpoint_id, delivery_id)
  WHERE attempt_number = 0`,
    `CREATE INDEX delivery_queue_tried ON ${schema}.delivery_queue (tenant_id, endpoint_id, delivery_id)
  WHERE attempt_number > 0`,
    `DROP INDEX ${schema}.delivery_queue_waiting_endpoint`,
  ],
};
