/** A message's id is made by a process, its `created_at` by the database: their clocks may differ by so much. */
export const CLOCK_SKEW_MS = 10 * 60_000;

/** The UUID below all of version 7 that carry this instant or a later one (RFC 9562 section 5.7). */
export function lowestUuidAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, "0").slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
