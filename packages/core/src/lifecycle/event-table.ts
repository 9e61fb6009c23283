import type { LifecycleEventPayloads, LifecycleEventType } from "./events.js";

/** Every lifecycle event in words: when it is told, and what each of its fields is. */
type EventTable = {
  readonly [Type in LifecycleEventType]: {
    readonly description: string;
    readonly fields: { readonly [Field in keyof LifecycleEventPayloads[Type]]-?: string };
  };
};

const actorId = "Who did it; `host` where nobody was named; absent when a runner did.";
const failureReason = "Why the attempt failed; absent when it succeeded.";
const changed = "The names of the settings that changed.";
const secretId = "The secret's id.";
const endpointId = "The endpoint.";

const apiKey = {
  keyId: "The key.",
  name: "Its name.",
  ownerId: "The host's own user or account behind it, if any.",
  environment: "Its environment, such as `live`, if any.",
  actorId,
};
const endpoint = { endpointId, actorId };
const attempt = {
  deliveryId: "The delivery.",
  messageId: "The message it carries.",
  endpointId,
  attemptId: "The attempt.",
  attemptNumber: "1 for the first.",
  durationMs: "How long it took, in milliseconds.",
  responseStatus: "The HTTP status of the answer; absent when none came.",
};

export const LIFECYCLE_EVENTS: EventTable = {
  "api_key.created": { description: "An API key was created.", fields: apiKey },
  "api_key.imported": { description: "An API key that was issued elsewhere was taken over.", fields: apiKey },
  "api_key.updated": { description: "Settings of an API key changed.", fields: { ...apiKey, changed } },
  "api_key.disabled": { description: "An API key was switched off.", fields: apiKey },
  "api_key.enabled": { description: "An API key was switched on again.", fields: apiKey },
  "api_key.revoked": { description: "An API key was revoked for good.", fields: apiKey },
  "api_key.rotated": {
    description: "An API key got a successor.",
    fields: {
      ...apiKey,
      successorId: "The key that takes its place.",
      graceSeconds: "How long the old key works on, at most, in seconds.",
    },
  },
  "endpoint.created": { description: "A webhook endpoint was created.", fields: endpoint },
  "endpoint.updated": {
    description: "Settings of an endpoint changed.",
    fields: { ...endpoint, changed },
  },
  "endpoint.disabled": {
    description: "An endpoint was switched off, by somebody or by a runner.",
    fields: {
      endpointId,
      reason:
        "`manual`; `gone` when it answered 410; `failing` when it failed for too long without a success.",
      actorId,
    },
  },
  "endpoint.enabled": { description: "An endpoint was switched on again.", fields: endpoint },
  "endpoint.deleted": { description: "An endpoint was deleted.", fields: endpoint },
  "endpoint.secret_rotated": {
    description: "An endpoint got a new signing secret.",
    fields: {
      ...endpoint,
      secretId,
      overlapSeconds: "How long the old one signs beside it, in seconds.",
    },
  },
  "endpoint.secret_revealed": {
    description: "Somebody looked at an endpoint's signing secret.",
    fields: { ...endpoint, secretId },
  },
  "endpoint.failing": {
    description: "An endpoint goes on failing, and will be switched off unless it recovers. Told once.",
    fields: {
      endpointId,
      failingSince: "When the failures began.",
      disableAt: "When it will be switched off.",
    },
  },
  "webhook.attempted": {
    description: "An attempt at a delivery was made, whatever came of it.",
    fields: {
      ...attempt,
      succeeded: "Whether the receiver accepted it.",
      failureReason,
    },
  },
  "webhook.delivered": { description: "A receiver accepted a delivery.", fields: attempt },
  "webhook.failed": {
    description: "A delivery failed for good: no attempt follows, unless somebody retries it.",
    fields: { ...attempt, failureReason },
  },
};

/** These events as the event types of a catalogue. */
export function describeEvents(
  types: readonly LifecycleEventType[],
): Readonly<Record<string, { readonly description: string }>> {
  return Object.fromEntries(types.map((type) => [type, { description: LIFECYCLE_EVENTS[type].description }]));
}

/** The types of all lifecycle events. */
export const LIFECYCLE_EVENT_TYPES = Object.keys(LIFECYCLE_EVENTS) as readonly LifecycleEventType[];
