import type { Route } from "../route.js";
import { apiKeyRoutes } from "./api-keys.js";
import { auditEventRoutes } from "./audit-events.js";
import { deliveryRoutes } from "./deliveries.js";
import { endpointSecretRoutes } from "./endpoint-secrets.js";
import { endpointStatisticsRoutes } from "./endpoint-statistics.js";
import { endpointRoutes } from "./endpoints.js";
import { eventTypeRoutes } from "./event-types.js";
import { messageRoutes } from "./messages.js";
import { rateLimitRoutes } from "./rate-limits.js";
import { replayRoutes } from "./replays.js";

/** The table: every route of the management API. */
export const MANAGEMENT_ROUTES: readonly Route[] = [
  ...apiKeyRoutes,
  ...eventTypeRoutes,
  ...endpointRoutes,
  ...endpointSecretRoutes,
  ...endpointStatisticsRoutes,
  ...messageRoutes,
  ...deliveryRoutes,
  ...replayRoutes,
  ...auditEventRoutes,
  ...rateLimitRoutes,
];
