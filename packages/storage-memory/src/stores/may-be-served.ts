import { scopeKey } from "../table/composite-key.js";
import type { EndpointRow, Tables } from "../tables.js";

/** Whether an endpoint takes deliveries now: it is enabled, and nobody asked for a pause. */
export function mayBeServed(
  { endpointStates }: Tables,
  { tenantId, id, disabledAt }: EndpointRow,
  now: Date,
) {
  const pausedUntil = endpointStates.get(scopeKey(tenantId, id))?.pausedUntil;
  return disabledAt === undefined && (pausedUntil === undefined || pausedUntil <= now);
}
