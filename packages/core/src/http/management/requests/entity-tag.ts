import type { Crypto } from "../../../ports/crypto.js";

/** What changes without anybody changing the record. */
const VOLATILE: ReadonlySet<string> = new Set([
  "status",
  "lastUsedAt",
  "lastDeliveryAt",
  "failingSince",
  "pausedUntil",
  "slowSince",
]);

/** The entity tag of a record as replies show it: another one after each change of its settings (RFC 9110 section 8.8.3). */
export function entityTagOf(crypto: Crypto, item: object): string {
  const settings = Object.entries(item).filter(([name]) => !VOLATILE.has(name));
  return `"${crypto.sha256Hex(JSON.stringify(settings)).slice(0, 32)}"`;
}

/** Whether an `If-Match` names a tag: as one of its list, or by `*` (RFC 9110 section 13.1.1). Weak tags never match. */
export function matchesTag(ifMatch: string, tag: string): boolean {
  return ifMatch.trim() === "*" || ifMatch.split(",").some((candidate) => candidate.trim() === tag);
}
