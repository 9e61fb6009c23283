import type { PresentedRoute } from "../../management/presentation/present-routes.js";
import type { ReplyPresentation } from "../../management/presentation/presentation.js";
import { itemReply, pageReply } from "../../management/replies/success-reply.js";
import {
  API_KEY,
  ATTEMPT,
  AUDIT_EVENT,
  DELIVERY,
  ENDPOINT,
  FIGURES,
  MESSAGE,
  NEW_API_KEY,
  NEW_ENDPOINT,
  SIGNING_SECRET,
} from "./example-records.js";

type Fields = Readonly<Record<string, unknown>>;

interface RouteExample {
  readonly body?: Fields;
  /** One record, or one of a listing. */
  readonly reply?: Fields;
}

const CREATED_KEY = { ...API_KEY, lastUsedAt: null, key: "sk_live_9fK2…" };
const EVENT_TYPE = {
  type: "post.published",
  description: "A post went live.",
  jsonSchema: { type: "object", properties: { postId: { type: "string" } }, required: ["postId"] },
};
const startsAt = "2026-02-01T08:00:00.000Z";
const pending = { ...DELIVERY, state: "pending", attemptCount: 0, finishedAt: null };
const waiting = { ...pending, nextAttemptAt: "2026-02-01T08:30:00.000Z" };

/** What a request and a reply may look like, by route, in the table's own words. */
export const ROUTE_EXAMPLES: Readonly<Record<string, RouteExample>> = {
  "apiKeys.create": { body: NEW_API_KEY, reply: CREATED_KEY },
  "apiKeys.list": { reply: API_KEY },
  "apiKeys.get": { reply: API_KEY },
  "apiKeys.update": { body: { scopes: ["posts:read"] }, reply: API_KEY },
  "apiKeys.put": { body: { scopes: ["posts:read"] }, reply: API_KEY },
  "apiKeys.disable": { reply: { ...API_KEY, status: "disabled", disabledAt: "2026-02-02T10:00:00.000Z" } },
  "apiKeys.enable": { reply: API_KEY },
  "apiKeys.rotate": {
    body: { graceSeconds: 86_400 },
    reply: { ...CREATED_KEY, id: "key_00cQPbV8r1kM6tHs0c3YwZ", predecessorId: API_KEY.id },
  },
  "apiKeys.usage": {
    reply: {
      periods: [{ startsAt, counts: { accepted: 40, rate_limited: 2 } }],
      total: { accepted: 40, rate_limited: 2 },
    },
  },
  "eventTypes.list": { reply: EVENT_TYPE },
  "eventTypes.get": { reply: EVENT_TYPE },
  "endpoints.create": { body: NEW_ENDPOINT, reply: { ...ENDPOINT, secret: SIGNING_SECRET } },
  "endpoints.list": { reply: ENDPOINT },
  "endpoints.get": { reply: ENDPOINT },
  "endpoints.update": { body: { eventTypes: ["post.*"] }, reply: ENDPOINT },
  "endpoints.put": { body: { eventTypes: ["post.*"] }, reply: ENDPOINT },
  "endpoints.disable": {
    reply: {
      ...ENDPOINT,
      enabled: false,
      disabledAt: "2026-02-02T10:00:00.000Z",
      disabledReason: "manual",
    },
  },
  "endpoints.enable": { body: { held: "deliver" }, reply: ENDPOINT },
  "endpoints.rotateSecret": {
    body: { overlapSeconds: 86_400 },
    reply: { ...ENDPOINT, revision: 2, secret: SIGNING_SECRET },
  },
  "endpoints.revealSecret": { reply: { secret: SIGNING_SECRET } },
  "endpoints.statistics": { reply: { periods: [{ startsAt, ...FIGURES }], total: FIGURES } },
  "messages.list": { reply: MESSAGE },
  "messages.get": {
    reply: {
      ...MESSAGE,
      payload: '{"type":"post.published","timestamp":"2026-02-01T08:30:00.000Z","data":{"postId":"p_1"}}',
    },
  },
  "deliveries.list": { reply: DELIVERY },
  "deliveries.listOfEndpoint": { reply: DELIVERY },
  "deliveries.get": { reply: DELIVERY },
  "deliveries.attempts": { reply: ATTEMPT },
  "deliveries.retry": { reply: waiting },
  "deliveries.discard": { reply: { ...DELIVERY, state: "cancelled" } },
  "deliveries.sendTest": { body: { type: "post.published", data: { postId: "p_1" } }, reply: waiting },
  "deliveries.resend": { body: { endpointId: ENDPOINT.id }, reply: waiting },
  "deliveries.recover": {
    body: { since: "2026-02-01T00:00:00Z", limit: 100 },
    reply: { recovered: 3, nextCursor: null },
  },
  "deliveries.replay": {
    body: { since: "2026-02-01T00:00:00Z", limit: 100 },
    reply: { replayed: 3, nextCursor: null },
  },
  "auditEvents.list": { reply: AUDIT_EVENT },
  "rateLimits.list": {
    reply: {
      name: "hour",
      limit: 1000,
      windowSeconds: 3600,
      remaining: 998,
      resetAt: "2026-02-01T09:00:00.000Z",
    },
  },
};

/** What a request of a route may say, in the host's own words. */
export function exampleBody({ route, body }: PresentedRoute): unknown {
  const example = ROUTE_EXAMPLES[`${route.resource}.${route.name}`]?.body;
  return example && written(() => body?.show(example));
}

/** What a route may answer, to the letter as it would. */
export function exampleReply(presented: PresentedRoute, replies: ReplyPresentation): unknown {
  const { route } = presented;
  const example = ROUTE_EXAMPLES[`${route.resource}.${route.name}`]?.reply;
  return written(() => {
    if (route.reply.kind === "none") return parse(itemReply(presented, undefined, {}, replies).body);
    if (example === undefined) return undefined;
    return route.reply.kind === "item"
      ? parse(itemReply(presented, example, {}, replies).body)
      : parse(pageReply(presented, { items: [example], nextCursor: undefined }, undefined, replies).body);
  });
}

function parse(body: string | undefined): unknown {
  return body === undefined ? undefined : JSON.parse(body);
}

/** A form of the host's own may show no more than real records: then there is no example. */
function written(write: () => unknown): unknown {
  try {
    return write();
  } catch {
    return undefined;
  }
}
