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

type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = {};

/** Whether two states of a record differ in any setting. */
export function changesAnything(before: object, after: object): boolean {
  return changedFields(before as Fields, after as Fields).length > 0;
}

/**
 * The settings in which two states of a record differ, as JSON, bounded, without a secret: sealed parts, what stands
 * under a secret's name, and the query of a URL are masked. An absent state has no settings.
 */
export function describeChanges(
  before: object | undefined,
  after: object | undefined,
): Readonly<Record<string, AuditChange>> {
  const [was, is] = [before ?? NOTHING, after ?? NOTHING] as readonly [Fields, Fields];
  return Object.fromEntries(
    changedFields(was, is).map((name) => [
      name,
      { from: describeValue(name, was[name]), to: describeValue(name, is[name]) },
    ]),
  );
}

function changedFields(was: Fields, is: Fields): readonly string[] {
  const names = [...Object.keys(was), ...Object.keys(is).filter((name) => !Object.hasOwn(was, name))];
  return names.filter((name) => !NOT_DESCRIBED.has(name) && differ(was[name], is[name]));
}

function describeValue(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (name.startsWith("sealed")) return MASK;
  if (name === "url" && typeof value === "string") return maskQuery(value);
  const json = toJson(value);
  if (json.length > LONGEST_VALUE) return `[${json.length} characters]`;
  return typeof value === "object" ? maskSecrets(JSON.parse(json)) : value;
}

/** Partners put tokens there. */
function maskQuery(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? url : `${url.slice(0, start)}?${MASK}`;
}

function differ(one: unknown, other: unknown): boolean {
  const [was, is] = [one ?? null, other ?? null];
  return was !== is && !(isObject(was) && isObject(is) && toJson(was) === toJson(is));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
