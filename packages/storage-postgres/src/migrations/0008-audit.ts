import type { Migration } from "./migration.js";

/** The audit log: insert-only, read by tenant in the order of ids, and removed by age alone. */
export const audit: Migration = {
  number: 8,
  name: "audit",
  statements: (schema) => [
    `CREATE TABLE ${schema}.audit_records (
  tenant_id      text        NOT NULL,
  id             uuid        NOT NULL,
  occurred_at    timestamptz NOT NULL,
  action         text        NOT NULL,
  status         text        NOT NULL,
  actor_id       text        NOT NULL,
  actor_kind     text,
  ip             text,
  user_agent     text,
  correlation_id text,
  target_type    text,
  target_id      text,
  changes        jsonb       NOT NULL,
  message        text,
  metadata       jsonb       NOT NULL,
  PRIMARY KEY (tenant_id, id)
)`,
    `CREATE INDEX audit_records_actor ON ${schema}.audit_records (tenant_id, actor_id, id)`,
    `CREATE INDEX audit_records_action ON ${schema}.audit_records (tenant_id, action, id)`,
    `CREATE INDEX audit_records_target ON ${schema}.audit_records (tenant_id, target_id, id)`,
    `CREATE INDEX audit_records_instant ON ${schema}.audit_records (tenant_id, occurred_at)`,
    `CREATE INDEX audit_records_age ON ${schema}.audit_records (occurred_at)`,
  ],
};
