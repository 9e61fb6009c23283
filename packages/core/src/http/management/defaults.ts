import type { ResourceName } from "./route.js";

/** Where each resource stands below the mount. */
export const DEFAULT_PATHS: Readonly<Record<ResourceName, string>> = {
  apiKeys: "/api-keys",
  eventTypes: "/event-types",
  endpoints: "/webhook-endpoints",
  messages: "/messages",
  deliveries: "/deliveries",
  auditEvents: "/audit-events",
  rateLimits: "/rate-limit",
};

/** The largest body that is read, in bytes: several times what the largest valid one takes. */
export const DEFAULT_MAX_BODY_BYTES = 256 * 1024;

/** How long a repeated create is answered with the first reply: a day, as clients that give up overnight need. */
export const IDEMPOTENCY_SECONDS = 86_400;
