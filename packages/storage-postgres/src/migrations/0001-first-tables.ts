import type { Migration } from "./migration.js";

/**
 * The first tables. Landed migrations are never edited: a change is a new number.
 * Nothing here needs more than PostgreSQL 15.
 */
export const firstTables: Migration = {
  number: 1,
  name: "first_tables",
  statements: (schema) => [
    `CREATE TABLE ${schema}.api_keys (
  tenant_id      text        NOT NULL CHECK (char_length(tenant_id) BETWEEN 1 AND 128),
  id             uuid        NOT NULL,
  hash           bytea       NOT NULL,
  prefix         text        NOT NULL,
  environment    text,
  start          text        NOT NULL,
  name           text        NOT NULL,
  owner_id       text,
  scopes         jsonb       NOT NULL,
  limits         jsonb       NOT NULL,
  ip_allowlist   jsonb       NOT NULL,
  metadata       jsonb       NOT NULL,
  created_at     timestamptz NOT NULL,
  not_before     timestamptz,
  expires_at     timestamptz,
  disabled_at    timestamptz,
  revoked_at     timestamptz,
  rotated_at     timestamptz,
  last_used_at   timestamptz,
  predecessor_id uuid,
  successor_id   uuid,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (hash)
)`,
    // Unlogged: empty after a crash or a failover, and in return a charge costs no write-ahead log.
    `CREATE UNLOGGED TABLE ${schema}.rate_limits (
  subject    text        PRIMARY KEY,
  windows    jsonb       NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 70)`,
    `CREATE INDEX rate_limits_expires_at ON ${schema}.rate_limits (expires_at)`,
    `CREATE TABLE ${schema}.endpoints (
  tenant_id       text        NOT NULL CHECK (char_length(tenant_id) BETWEEN 1 AND 128),
  id              uuid        NOT NULL,
  url             text        NOT NULL,
  event_types     jsonb       NOT NULL,
  channels        jsonb       NOT NULL,
  name            text,
  description     text,
  metadata        jsonb       NOT NULL,
  sealed_headers  text,
  while_disabled  text        NOT NULL CHECK (while_disabled IN ('hold', 'skip')),
  retry_schedule  jsonb,
  timeout_ms      integer,
  rate_limit      jsonb,
  concurrency     integer,
  fifo            boolean     NOT NULL DEFAULT false,
  integration_id  uuid,
  revision        integer     NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  disabled_at     timestamptz,
  disabled_reason text,
  deleted_at      timestamptz,
  PRIMARY KEY (tenant_id, id)
)`,
    `CREATE TABLE ${schema}.endpoint_secrets (
  tenant_id   text        NOT NULL,
  endpoint_id uuid        NOT NULL,
  id          uuid        NOT NULL,
  sealed      text        NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz,
  PRIMARY KEY (tenant_id, endpoint_id, id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES ${schema}.endpoints (tenant_id, id) ON DELETE CASCADE
)`,
    // No foreign key may point here: the claim locks these rows, and a host transaction that has published must not hold them.
    `CREATE TABLE ${schema}.endpoint_states (
  tenant_id            text        NOT NULL,
  endpoint_id          uuid        NOT NULL,
  paused_until         timestamptz,
  pause_reason         text,
  failing_since        timestamptz,
  consecutive_failures integer     NOT NULL DEFAULT 0,
  slow_since           timestamptz,
  warned_at            timestamptz,
  last_delivery_at     timestamptz,
  PRIMARY KEY (tenant_id, endpoint_id)
) WITH (fillfactor = 70)`,
    `CREATE TABLE ${schema}.messages (
  tenant_id       text        NOT NULL CHECK (char_length(tenant_id) BETWEEN 1 AND 128),
  id              uuid        NOT NULL,
  type            text        NOT NULL,
  payload         text,
  channels        jsonb       NOT NULL,
  endpoint_id     uuid,
  idempotency_key text,
  request_hash    bytea,
  deliver_at      timestamptz,
  created_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
)`,
    `CREATE UNIQUE INDEX messages_idempotency_key ON ${schema}.messages (tenant_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL`,
    `CREATE TABLE ${schema}.deliveries (
  tenant_id      text        NOT NULL,
  id             uuid        NOT NULL,
  message_id     uuid        NOT NULL,
  endpoint_id    uuid        NOT NULL,
  state          text        CHECK (state IN ('succeeded', 'exhausted', 'cancelled')),
  attempt_count  integer,
  failure_reason text,
  created_at     timestamptz NOT NULL,
  finished_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, message_id) REFERENCES ${schema}.messages (tenant_id, id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES ${schema}.endpoints (tenant_id, id)
)`,
    `CREATE INDEX deliveries_message ON ${schema}.deliveries (tenant_id, message_id)`,
    `CREATE INDEX deliveries_endpoint ON ${schema}.deliveries (tenant_id, endpoint_id, id)`,
    // Only deliveries that are not final: a finished one leaves this table, so its size is the backlog.
    `CREATE TABLE ${schema}.delivery_queue (
  tenant_id        text        NOT NULL,
  delivery_id      uuid        NOT NULL,
  message_id       uuid        NOT NULL,
  endpoint_id      uuid        NOT NULL,
  attempt_number   integer     NOT NULL DEFAULT 0,
  ready            boolean     NOT NULL,
  due_at           timestamptz NOT NULL,
  lease_token      uuid,
  lease_expires_at timestamptz,
  PRIMARY KEY (tenant_id, delivery_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000)`,
    `CREATE INDEX delivery_queue_ready ON ${schema}.delivery_queue (tenant_id, endpoint_id, message_id) WHERE ready`,
    `CREATE INDEX delivery_queue_waiting ON ${schema}.delivery_queue (due_at) WHERE NOT ready AND lease_token IS NULL`,
    `CREATE INDEX delivery_queue_lease ON ${schema}.delivery_queue (lease_expires_at) WHERE lease_token IS NOT NULL`,
    `CREATE INDEX delivery_queue_in_flight ON ${schema}.delivery_queue (tenant_id, endpoint_id) WHERE lease_token IS NOT NULL`,
    `CREATE TABLE ${schema}.attempts (
  tenant_id        text        NOT NULL,
  id               uuid        NOT NULL,
  delivery_id      uuid        NOT NULL,
  endpoint_id      uuid        NOT NULL,
  attempt_number   integer     NOT NULL,
  started_at       timestamptz NOT NULL,
  duration_ms      integer     NOT NULL,
  succeeded        boolean     NOT NULL,
  failure_reason   text,
  response_status  integer,
  response_headers jsonb,
  response_body    text,
  PRIMARY KEY (tenant_id, id)
)`,
    `CREATE INDEX attempts_delivery ON ${schema}.attempts (tenant_id, delivery_id, attempt_number)`,
  ],
};
