import type { IdGenerator } from "../encoding/id-generator.js";
import type { NewAuditRecord } from "../ports/audit-store.js";
import type { Actor } from "./actor.js";
import { describeChanges } from "./describe-changes.js";
import type { Mutation } from "./mutation.js";

/** What the audit log keeps of a change, and of who made it. */
export function recordOfMutation(
  mutation: Mutation,
  { actor, createId }: { readonly actor: Actor; readonly createId: IdGenerator },
): NewAuditRecord {
  return {
    id: createId("aud"),
    ...describeTarget(mutation),
    action: mutation.action,
    status: "success",
    ...describeActor(actor),
    changes: mutation.kind === "delivery" ? {} : describeChanges(mutation.before, mutation.after),
    message: undefined,
    // Instants as texts, as every storage keeps them.
    metadata: JSON.parse(JSON.stringify(mutation.details ?? {})),
  };
}

/** Who acts, in the columns of the log. */
export function describeActor(
  actor: Actor,
): Pick<NewAuditRecord, "actorId" | "actorKind" | "ip" | "userAgent" | "correlationId"> {
  const { actorId, kind, ip, userAgent, correlationId } = actor;
  return { actorId, actorKind: kind, ip, userAgent, correlationId };
}

function describeTarget(mutation: Mutation): Pick<NewAuditRecord, "tenantId" | "target"> {
  switch (mutation.kind) {
    case "api_key":
      return { tenantId: mutation.after.tenantId, target: { type: "api_key", id: mutation.after.id } };
    case "endpoint":
      return { tenantId: mutation.tenantId, target: { type: "endpoint", id: mutation.endpointId } };
    case "delivery":
      return { tenantId: mutation.tenantId, target: mutation.target };
  }
}
