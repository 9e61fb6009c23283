import type { Migration } from "./migration.js";

/**
 * Values that matter for minutes or hours. Logged, unlike the rate limits: an unlogged table is empty after a crash and
 * on a promoted standby, and that is when clients repeat their calls. A reply lost there would be a second creation,
 * while its row costs next to nothing beside the record it belongs to, in the same flush.
 */
export const shortLived: Migration = {
  number: 5,
  name: "short_lived",
  statements: (schema) => [
    `CREATE TABLE ${schema}.short_lived (
  tenant_id  text        NOT NULL CHECK (char_length(tenant_id) <= 128),
  purpose    text        NOT NULL,
  key        text        NOT NULL,
  value      text        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, purpose, key)
)`,
    `CREATE INDEX short_lived_expires_at ON ${schema}.short_lived (expires_at)`,
  ],
};
