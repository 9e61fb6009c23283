import type { QueueRow } from "../tables.js";

/** Whether a lease holds at `now`. At its very expiry it holds no more. */
export function isLive(lease: QueueRow["lease"], now: Date): boolean {
  return lease !== undefined && lease.expiresAt > now;
}
