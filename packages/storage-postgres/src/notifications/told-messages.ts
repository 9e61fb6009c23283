import { publicIdToUuid } from "@tenon/core/encoding";
import type { MessageReference } from "@tenon/core/ports";

/** NOTIFY takes payloads of fewer than 8,000 bytes: https://www.postgresql.org/docs/15/sql-notify.html */
const LONGEST_BYTES = 7_999;

/** What is sent of messages: their tenants and ids as JSON, or nothing for any, or for too many. */
export function formatToldMessages(messages: readonly MessageReference[] | undefined): string {
  if (messages === undefined) return "";
  const text = JSON.stringify(messages.map(({ tenantId, messageId }) => [tenantId, messageId]));
  return new TextEncoder().encode(text).length > LONGEST_BYTES ? "" : text;
}

/** Undefined for any message: also for a text that another release or somebody else has sent. */
export function parseToldMessages(payload: string): readonly MessageReference[] | undefined {
  try {
    const told: unknown = JSON.parse(payload);
    return Array.isArray(told) ? told.map(toReference) : undefined;
  } catch {
    return undefined;
  }
}

function toReference(told: unknown): MessageReference {
  const [tenantId, messageId] = Array.isArray(told) ? told : [];
  if (typeof tenantId !== "string" || typeof messageId !== "string") throw new TypeError("no reference");
  if (publicIdToUuid("msg", messageId) === undefined) throw new TypeError("no message's id");
  return { tenantId, messageId };
}
