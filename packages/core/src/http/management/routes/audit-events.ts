import { z } from "zod";
import { besideBrokenFields, text } from "../../../input/fields.js";
import type { AuditRecord } from "../../../ports/audit-store.js";
import { defineRoute, type Route } from "../route.js";
import { schemaNames } from "../schema-names.js";
import { instant, instantInput, jsonObject, noParams, pageQuery } from "./fields.js";

const auditEventBody = z
  .object({
    id: z.string(),
    occurredAt: instant,
    action: z.string(),
    status: z.enum(["success", "failure"]),
    actorId: z.string(),
    actorKind: z.string().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    correlationId: z.string().nullable(),
    target: z.object({ type: z.string(), id: z.string() }).nullable(),
    changes: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })),
    message: z.string().nullable(),
    metadata: jsonObject,
  })
  .register(schemaNames, { name: "AuditEvent" });

const list = defineRoute({
  resource: "auditEvents",
  name: "list",
  method: "GET",
  path: "",
  permission: "audit:read",
  params: noParams,
  query: z
    .strictObject({
      ...pageQuery,
      actorId: text(1, 128).optional(),
      action: text(1, 128).optional(),
      targetType: text(1, 64).optional(),
      targetId: text(1, 256).optional(),
      from: instantInput.optional(),
      to: instantInput.optional(),
    })
    .refine(({ targetType, targetId }) => targetId === undefined || targetType !== undefined, {
      path: ["targetId"],
      message: "needs targetType beside it",
      ...besideBrokenFields,
    }),
  body: undefined,
  status: 200,
  reply: { kind: "page", schema: auditEventBody },
  summary: "List who changed what, newest first.",
  async handle({ input, principal, services }) {
    const { targetType, targetId, ...filter } = input.query;
    const page = await services.audit.list({
      ...filter,
      ...(targetType === undefined ? {} : { target: { type: targetType, id: targetId } }),
      tenantId: principal.tenantId,
    });
    return { ...page, items: page.items.map(showAuditEvent) };
  },
});

export const auditEventRoutes: readonly Route[] = [list];

function showAuditEvent(event: AuditRecord): z.output<typeof auditEventBody> {
  return {
    id: event.id,
    occurredAt: event.occurredAt.toISOString(),
    action: event.action,
    status: event.status,
    actorId: event.actorId,
    actorKind: event.actorKind ?? null,
    ip: event.ip ?? null,
    userAgent: event.userAgent ?? null,
    correlationId: event.correlationId ?? null,
    target: event.target ?? null,
    changes: event.changes,
    message: event.message ?? null,
    metadata: event.metadata,
  };
}
