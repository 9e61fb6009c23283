import type { AuditChange } from "../ports/audit-store.js";
import { MASK, maskSecrets } from "./mask-secrets.js";

/** What names a record, or moves by itself: no setting that somebody changes. */
const NOT_DESCRIBED: ReadonlySet<string> = new Set([
  "tenantId",
  "id",
  "hash",
  "revision",
  "createdAt",
  "updatedAt",
  "lastUsedAt",
  "lastDeliveryAt",
  "failingSince",
  "pausedUntil",
  "slowSince",
]);

/** A value that is longer as JSON is told by its length alone. */
const LONGEST_VALUE = 2_000;

/** Whether two states of a record differ in any setting. */
export function changesAnything(before: object, after: object): boolean {
  return changedFields(before, after).length > 0;
}

/**
 * The settings in which two states of a record differ, as JSON, bounded, without a secret: sealed parts, what stands
 * under a secret's name, and the query of a URL are masked. An absent state has no settings.
 */
export function describeChanges(
  before: object | undefined,
  after: object | undefined,
): Readonly<Record<string, AuditChange>> {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  return Object.fromEntries(
    changedFields(was, is).map((name) => [
      name,
      { from: describeValue(name, was[name]), to: describeValue(name, is[name]) },
    ]),
  );
}

function changedFields(before: object, after: object): readonly string[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].filter((name) => !NOT_DESCRIBED.has(name) && differ(was[name], is[name]));
}

function describeValue(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (name.startsWith("sealed")) return MASK;
  if (name === "url" && typeof value === "string") return maskQuery(value);
  const json = toJson(value);
  if (json.length > LONGEST_VALUE) return `[${json.length} characters]`;
  return maskSecrets(JSON.parse(json));
}

/** Partners put tokens there. */
function maskQuery(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? url : `${url.slice(0, start)}?${MASK}`;
}

function fieldsOf(record: object | undefined): Readonly<Record<string, unknown>> {
  return { ...record };
}

function differ(one: unknown, other: unknown): boolean {
  return one !== other && toJson(one) !== toJson(other);
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
