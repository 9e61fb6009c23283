import type { Migration } from "./migration.js";

/**
 * Finds what waits at one endpoint, to cancel it. Only deliveries that failed before, or were scheduled, are in this
 * index: one that goes out at the first attempt never writes to it.
 */
export const endpointBacklog: Migration = {
  number: 3,
  name: "endpoint_backlog",
  statements: (schema) => [
    `CREATE INDEX delivery_queue_waiting_endpoint ON ${schema}.delivery_queue (tenant_id, endpoint_id)
  WHERE NOT ready AND lease_token IS NULL`,
  ],
};
