import type { HeaderObject, ReferenceObject } from "../document.js";

const text = { type: "string" };

/** What replies say in headers. */
export const REPLY_HEADERS = {
  "X-Request-Id": {
    description: "The id of the request: its own, or a new one. Audit entries carry it.",
    schema: text,
  },
  Location: {
    description: "Where the new record stands.",
    schema: { type: "string", format: "uri-reference" },
  },
  ETag: { description: "The version of the record, for `If-Match`.", schema: text },
  Link: {
    description: 'The next page, as `<…>; rel="next"` (RFC 8288). Absent on the last one.',
    schema: text,
  },
  "Idempotent-Replayed": {
    description: "`true` where this is the reply to an earlier request with the same `Idempotency-Key`.",
    schema: { type: "string", const: "true" },
  },
  "Retry-After": {
    description: "When to try again, in whole seconds.",
    schema: { type: "integer", minimum: 0 },
  },
  "WWW-Authenticate": { description: "How to log in (RFC 9110 section 11.6.1).", schema: text },
} as const satisfies Readonly<Record<string, HeaderObject>>;

/** The headers of a reply, as references to those of the document. */
export function refersToHeaders(names: readonly string[]): Readonly<Record<string, ReferenceObject>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
