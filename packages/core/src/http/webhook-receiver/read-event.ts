import type { StandardSchema } from "@tenon/verify-webhook";
import type { EventSchemas, WebhookRefusal } from "./receiver-options.js";

const MOST_ISSUES = 3;
const LONGEST_ID = 256;

/** The `type` that an event carries, where it is text. */
export function readType(event: unknown): string | undefined {
  const type = (event as { readonly type?: unknown } | null | undefined)?.type;
  return typeof type === "string" ? type : undefined;
}

/** Whether a text can be kept as an id: 1 to 256 characters. */
export function isId(id: unknown): id is string {
  return typeof id === "string" && id.length > 0 && id.length <= LONGEST_ID;
}

/** What the type's schema makes of an event, or why it doesn't fit. Without a schema: the event as it is. */
export async function applySchema(
  schemas: EventSchemas | undefined,
  type: string | undefined,
  event: unknown,
): Promise<
  { readonly ok: true; readonly event: unknown } | { readonly ok: false; readonly refusal: WebhookRefusal }
> {
  const schema = findOwn(schemas, type);
  if (schema === undefined) return { ok: true, event };
  const result = await schema["~standard"].validate(event);
  if (result.issues === undefined) return { ok: true, event: result.value };
  const message = `${type} does not fit its schema: ${describeIssues(result.issues)}`;
  return { ok: false, refusal: { code: "schema_mismatch", message } };
}

/** A record's own entry: an event of type `constructor` finds nothing. */
export function findOwn<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  key: string | undefined,
): Value | undefined {
  return record !== undefined && key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

type Issues = NonNullable<Awaited<ReturnType<StandardSchema<unknown>["~standard"]["validate"]>>["issues"]>;

function describeIssues(issues: Issues): string {
  return issues
    .slice(0, MOST_ISSUES)
    .map(({ path = [], message }) => {
      const place = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
      return place === "" ? message : `${place}: ${message}`;
    })
    .join("; ");
}
