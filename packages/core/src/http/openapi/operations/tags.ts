import type { ResourceName } from "../../management/route.js";

/** What the document calls each resource. */
export const RESOURCE_TAGS: Readonly<
  Record<ResourceName, { readonly name: string; readonly description: string }>
> = {
  apiKeys: { name: "API keys", description: "Keys that programs of the tenant call with." },
  eventTypes: { name: "Event types", description: "What webhook endpoints can be told of." },
  endpoints: { name: "Webhook endpoints", description: "Where events are sent." },
  messages: { name: "Messages", description: "Events that were published." },
  deliveries: { name: "Deliveries", description: "What became of each message at each endpoint." },
  auditEvents: { name: "Audit events", description: "Who changed what." },
  rateLimits: { name: "Rate limits", description: "How the caller's limits stand." },
};
