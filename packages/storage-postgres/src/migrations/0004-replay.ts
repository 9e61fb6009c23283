import type { Migration } from "./migration.js";

/**
 * What a second chance needs: where a delivery's schedule began anew, and dead letters by tenant and by endpoint.
 * Only an exhausted delivery has a reason, so that one which succeeds is in neither index, and its update stays as
 * cheap as it was.
 */
export const replay: Migration = {
  number: 4,
  name: "replay",
  statements: (schema) => [
    `ALTER TABLE ${schema}.delivery_queue ADD COLUMN attempts_before integer NOT NULL DEFAULT 0`,
    `CREATE INDEX deliveries_failed ON ${schema}.deliveries (tenant_id, id) WHERE failure_reason IS NOT NULL`,
    `CREATE INDEX deliveries_failed_endpoint ON ${schema}.deliveries (tenant_id, endpoint_id, id)
  WHERE failure_reason IS NOT NULL`,
  ],
};
