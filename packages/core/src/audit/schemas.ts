import { z } from "zod";
import { id, instant, metadata, pageRequest, tenantId, text } from "../input/fields.js";

const described = z.string().optional();

export const actor = z.object({
  actorId: text(1, 128),
  kind: described,
  ip: described,
  userAgent: described,
  correlationId: described,
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
