import type { Migration } from "./migration.js";

/**
 * The indexes of a claim. While a transaction is held open anywhere in the database, what deliveries left in the queue
 * stays there, and so would what a claim has to read. Leases are counted without those that are over. And both indexes
 * begin with the endpoint, so that no statement of a claim could be answered by the primary key, which a planner that
 * knows of no rows is as glad to read from end to end.
 */
export const claimIndexes: Migration = {
  number: 10,
  name: "claim_indexes",
  statements: (schema) => [
    `CREATE INDEX delivery_queue_endpoint_ready ON ${schema}.delivery_queue (endpoint_id, tenant_id, message_id)
  WHERE ready`,
    `DROP INDEX ${schema}.delivery_queue_ready`,
    `CREATE INDEX delivery_queue_endpoint_lease ON ${schema}.delivery_queue (endpoint_id, lease_expires_at)
  WHERE lease_expires_at IS NOT NULL`,
    `DROP INDEX ${schema}.delivery_queue_in_flight`,
  ],
};
