import type { SignatureProfile } from "@tenon/verify-webhook";
import type { Envelope } from "../../../webhooks/envelope.js";
import type { EventType } from "../../../webhooks/event-type-service.js";
import type { PathItemObject } from "../document.js";
import type { ComponentSchemas } from "../schemas/component-schemas.js";
import { describeEnvelope } from "./describe-envelope.js";
import { describeSignatureHeaders } from "./signature-headers.js";

/** The tag of what is sent to webhook endpoints. */
export const EVENTS_TAG = { name: "Events", description: "What webhook endpoints are sent." };

export interface WebhookFormat {
  readonly envelope: Envelope;
  readonly signatureProfiles: readonly SignatureProfile[];
}

const RESPONSES = {
  "2XX": { description: "Received. Answer at once, and work afterwards." },
  "410": { description: "Nothing more is wanted here: the endpoint is switched off." },
  default: { description: "It is tried again later; `Retry-After` is respected." },
};

/** Describes every type of event as the request that endpoints get. */
export function describeWebhooks(
  eventTypes: readonly EventType[],
  { envelope, signatureProfiles }: WebhookFormat,
  components: ComponentSchemas,
): Readonly<Record<string, PathItemObject>> {
  const parameters = describeSignatureHeaders(signatureProfiles);
  return Object.fromEntries(
    eventTypes.map(({ type, description, jsonSchema }) => {
      const data = jsonSchema === undefined ? {} : components.add(`events.${type}`, jsonSchema);
      const post = {
        operationId: `events.${type}`,
        tags: [EVENTS_TAG.name],
        summary: description ?? type,
        parameters,
        requestBody: {
          required: true,
          content: { "application/json": { schema: describeEnvelope(envelope, type, data) } },
        },
        responses: RESPONSES,
        security: [],
      };
      return [type, { post }];
    }),
  );
}
