import type { Migration } from "./migration.js";

/**
 * What signs an endpoint's deliveries, the window of its rate limit, and the integration it belongs to under whatever
 * id the host has for that: the column of 0001 took UUIDs alone, and nothing was ever written to it.
 */
export const endpointFeatures: Migration = {
  number: 6,
  name: "endpoint_features",
  statements: (schema) => [
    `ALTER TABLE ${schema}.endpoints DROP COLUMN integration_id`,
    `ALTER TABLE ${schema}.endpoints
  ADD COLUMN integration_id text,
  ADD COLUMN signing text NOT NULL DEFAULT 'hmac' CHECK (signing IN ('hmac', 'ed25519', 'shared')),
  ADD COLUMN public_key text`,
    `ALTER TABLE ${schema}.endpoint_states
  ADD COLUMN rate_window_started_at timestamptz,
  ADD COLUMN rate_window_count integer NOT NULL DEFAULT 0`,
  ],
};
