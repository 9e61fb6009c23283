import type { Migration } from "./migration.js";

/**
 * Counts an endpoint's live leases without reading those that are over. While a transaction is held open anywhere in the
 * database, what deliveries left in an index stays there, and a claim reads it again and again.
 */
export const endpointLeases: Migration = {
  number: 10,
  name: "endpoint_leases",
  statements: (schema) => [
    `CREATE INDEX delivery_queue_endpoint_lease ON ${schema}.delivery_queue (tenant_id, endpoint_id, lease_expires_at)
  WHERE lease_expires_at IS NOT NULL`,
    `DROP INDEX ${schema}.delivery_queue_in_flight`,
  ],
};
