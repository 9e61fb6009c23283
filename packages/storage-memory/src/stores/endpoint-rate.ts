import type { EndpointRateLimit } from "@tenon/core/ports";
import { scopeKey } from "../table/composite-key.js";
import type { EndpointRow, EndpointStateRow, Tables } from "../tables.js";

/** How many deliveries an endpoint's rate limit lets through now. */
export function rateRoomAt(
  { endpointStates }: Tables,
  { tenantId, id, rateLimit }: EndpointRow,
  now: Date,
): number {
  if (rateLimit === undefined) return Number.POSITIVE_INFINITY;
  const window = openWindow(endpointStates.get(scopeKey(tenantId, id)), rateLimit, now);
  return Math.max(0, rateLimit.limit - (window?.count ?? 0));
}

/** Notes what was let through. A window opens with the first delivery after the one before it ended. */
export function countAgainstRate(
  { endpointStates }: Tables,
  { tenantId, id: endpointId, rateLimit }: EndpointRow,
  count: number,
  now: Date,
): void {
  if (rateLimit === undefined || count === 0) return;
  const state = endpointStates.get(scopeKey(tenantId, endpointId));
  const { startedAt, count: before } = openWindow(state, rateLimit, now) ?? { startedAt: now, count: 0 };
  const rateWindow = { startedAt, count: before + count };
  endpointStates.put({ ...state, tenantId, endpointId, rateWindow });
}

function openWindow(
  state: EndpointStateRow | undefined,
  { windowSeconds }: EndpointRateLimit,
  now: Date,
): EndpointStateRow["rateWindow"] {
  const window = state?.rateWindow;
  if (window === undefined) return undefined;
  const aheadMs = window.startedAt.getTime() - now.getTime();
  // One that seems to begin far ahead was opened before the clock was set back, and would be open for as long.
  return aheadMs + windowSeconds * 1000 > 0 && aheadMs <= 60_000 ? window : undefined;
}
