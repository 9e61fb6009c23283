import type { ApiKeyMutation, EndpointMutation, Mutation } from "../audit/mutation.js";
import type { LifecycleEvent } from "./events.js";

interface Occurrence {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorId: string;
}

/** The lifecycle event of a change that somebody made; changes of single deliveries have none. */
export function eventOfMutation(
  mutation: Mutation,
  changed: readonly string[],
  occurrence: Occurrence,
): LifecycleEvent | undefined {
  switch (mutation.kind) {
    case "api_key":
      return eventOfKey(mutation, changed, occurrence);
    case "endpoint":
      return eventOfEndpoint(mutation, changed, occurrence);
    case "delivery":
      return undefined;
  }
}

function eventOfKey(
  { action, after, details }: ApiKeyMutation,
  changed: readonly string[],
  occurrence: Occurrence,
): LifecycleEvent {
  const { tenantId, id: keyId, name, ownerId, environment } = after;
  const key = { tenantId, keyId, name, ownerId, environment, ...occurrence };
  switch (action) {
    case "api_key.updated":
      return { type: action, changed, ...key };
    case "api_key.rotated":
      return {
        ...key,
        type: action,
        successorId: String(details?.successorId),
        graceSeconds: Number(details?.graceSeconds),
      };
    default:
      return { type: action, ...key };
  }
}

function eventOfEndpoint(
  { action, tenantId, endpointId, after, details }: EndpointMutation,
  changed: readonly string[],
  occurrence: Occurrence,
): LifecycleEvent {
  const endpoint = { tenantId, endpointId, ...occurrence };
  switch (action) {
    case "endpoint.updated":
      return { type: action, changed, ...endpoint };
    case "endpoint.disabled":
      return { type: action, reason: after?.disabledReason ?? "manual", ...endpoint };
    case "endpoint.secret_rotated":
      return {
        ...endpoint,
        type: action,
        secretId: String(details?.secretId),
        overlapSeconds: Number(details?.overlapSeconds),
      };
    case "endpoint.secret_revealed":
      return { type: action, secretId: String(details?.secretId), ...endpoint };
    default:
      return { type: action, ...endpoint };
  }
}
