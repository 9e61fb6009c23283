import { type Sql, sql } from "./sql.js";

const NAMES = {
  apiKeys: "api_keys",
  apiKeyUsage: "api_key_usage",
  rateLimits: "rate_limits",
  shortLived: "short_lived",
  endpoints: "endpoints",
  endpointSecrets: "endpoint_secrets",
  endpointStates: "endpoint_states",
  messages: "messages",
  deliveries: "deliveries",
  deliveryQueue: "delivery_queue",
  attempts: "attempts",
  auditRecords: "audit_records",
} as const;

/** Every table's name, qualified by its schema: the host's `search_path` has no say. */
export type Tables = Readonly<Record<keyof typeof NAMES, Sql>>;

export function tablesIn(schema: string): Tables {
  const named = Object.entries(NAMES).map(([key, table]) => [key, sql.id(schema, table)]);
  return Object.fromEntries(named) as Tables;
}
