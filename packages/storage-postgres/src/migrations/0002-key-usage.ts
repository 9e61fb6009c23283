import type { Migration } from "./migration.js";

/** Counts of calls per key. No foreign key: a count must never wait for a key, nor hold one. */
export const keyUsage: Migration = {
  number: 2,
  name: "key_usage",
  statements: (schema) => [
    `CREATE TABLE ${schema}.api_key_usage (
  tenant_id text        NOT NULL,
  key_id    uuid        NOT NULL,
  hour      timestamptz NOT NULL,
  outcome   text        NOT NULL,
  count     bigint      NOT NULL,
  PRIMARY KEY (tenant_id, key_id, hour, outcome)
) WITH (fillfactor = 70)`,
  ],
};
