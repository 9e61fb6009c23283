import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";

/**
 * What describes a client comes from requests, in any form: it is made storable and cut, never refused, so that no
 * header can keep a change from being made or recorded.
 */
function described(maxLength: number) {
  return z
    .string()
    .optional()
    .transform((value) => {
      const storable = value?.replaceAll(UNSTORABLE, "\uFFFD").slice(0, maxLength);
      // A cut may leave half of a surrogate pair at the end.
      return storable?.replace(/\p{Surrogate}$/u, "") || undefined;
    });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this replaces
const UNSTORABLE = /[\p{Surrogate}\u0000-\u001f\u007f]/gu;

export const actor = z.object({
  actorId: text(1, 128),
  kind: described(64),
  ip: described(64),
  userAgent: described(512),
  correlationId: described(128),
});

/** What somebody did: lowercase words, joined by `.`, `_` or `-`. */
const action = z
  .string()
  .max(128)
  .regex(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, {
    message: "must be lowercase words joined by `.`, `_` or `-`, such as `data.sync`",
  });

/** Nothing in a value is lost but `undefined`, which JSON has no word for. */
const changes = metadata.pipe(
  z.record(
    z.string(),
    z.strictObject({ from: z.unknown().transform(toNull), to: z.unknown().transform(toNull) }),
  ),
);

const target = { type: text(1, 64), id: text(1, 256) };

export const recordAuditInput = z.strictObject({
  tenantId,
  action,
  status: z.enum(["success", "failure"]).default("success"),
  target: z.strictObject(target).optional(),
  changes: changes.default({}),
  message: text(1, 1_000).optional(),
  metadata: metadata.default({}),
});

export const listAuditInput = z.strictObject({
  tenantId,
  actorId: id.optional(),
  action: id.optional(),
  target: z.strictObject({ type: z.string().max(64), id: z.string().max(256).optional() }).optional(),
  from: instant.optional(),
  to: instant.optional(),
  ...pageRequest,
});

/** Something that a host wants in the audit log. */
export type RecordAuditInput = z.input<typeof recordAuditInput>;
/** Which entries of the audit log are asked for. Each condition narrows. */
export type ListAuditInput = z.input<typeof listAuditInput>;

function toNull(value: unknown): unknown {
  return value ?? null;
}
