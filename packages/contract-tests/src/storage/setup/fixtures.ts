import { createPublicId, type PublicIdPrefix } from "@tenon/core/encoding";
import type {
  ApiKeyRecord,
  EndpointRecord,
  MessageRecord,
  NewApiKey,
  NewEndpoint,
  NewMessage,
  Storage,
  SuccessorKey,
} from "@tenon/core/ports";
import type { RateLimit } from "@tenon/core/rate-limit";

export const TENANT = "acme";
export const OTHER_TENANT = "globex";

const START_MS = Date.parse("2026-03-01T12:00:00.000Z");
const random = { bytes: (length: number) => globalThis.crypto.getRandomValues(new Uint8Array(length)) };

/** The instant so many seconds after the cases' beginning. */
export function after(seconds: number): Date {
  return new Date(START_MS + Math.round(seconds * 1000));
}

/** An id that sorts by its instant. */
export function newId(prefix: PublicIdPrefix, at: Date = after(0)): string {
  return createPublicId(prefix, { clock: { now: () => at, wait: async () => {} }, random });
}

export function newHash(): string {
  return Array.from(random.bytes(32), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function newApiKey({ at, ...fields }: Partial<NewApiKey> & { readonly at?: Date } = {}): NewApiKey {
  return {
    tenantId: TENANT,
    id: newId("key", at),
    hash: newHash(),
    prefix: "sk",
    environment: "live",
    start: "sk_live_3fG9",
    name: "Zapier",
    ownerId: undefined,
    scopes: ["posts:read"],
    limits: [],
    ipAllowlist: [],
    metadata: {},
    notBefore: undefined,
    expiresAt: undefined,
    ...fields,
  };
}

export function newSuccessor({
  at,
  ...fields
}: Partial<SuccessorKey> & { readonly at?: Date } = {}): SuccessorKey {
  return {
    id: newId("key", at),
    hash: newHash(),
    prefix: "sk",
    environment: "live",
    start: "sk_live_8kPz",
    ...fields,
  };
}

export function newEndpoint({
  at,
  ...fields
}: Partial<NewEndpoint> & { readonly at?: Date } = {}): NewEndpoint {
  return {
    tenantId: TENANT,
    id: newId("ep", at),
    url: "https://partner.example/hooks",
    eventTypes: ["*"],
    channels: [],
    name: undefined,
    description: undefined,
    metadata: {},
    whileDisabled: "hold",
    retrySchedule: undefined,
    timeoutMs: undefined,
    sealedHeaders: undefined,
    concurrency: undefined,
    fifo: false,
    rateLimit: undefined,
    integrationId: undefined,
    signing: "hmac",
    publicKey: undefined,
    ...fields,
  };
}

export function newMessage({ at, ...fields }: Partial<NewMessage> & { readonly at?: Date } = {}): NewMessage {
  return {
    tenantId: TENANT,
    id: newId("msg", at),
    type: "post.published",
    payload: '{"type":"post.published","data":{"postId":"p1"}}',
    channels: [],
    endpointId: undefined,
    idempotencyKey: undefined,
    requestHash: undefined,
    deliverAt: undefined,
    ...fields,
  };
}

export function newLimit(fields: Partial<RateLimit> = {}): RateLimit {
  return { name: "hour", limit: 3, windowSeconds: 3600, algorithm: "sliding-window", ...fields };
}

type At = { readonly at?: Date };

export function insertKey(
  storage: Storage,
  { at = after(0), ...fields }: Partial<NewApiKey> & At = {},
): Promise<ApiKeyRecord> {
  return storage.apiKeys.insert({ key: newApiKey({ ...fields, at }), now: at });
}

export function insertEndpoint(
  storage: Storage,
  { at = after(0), ...fields }: Partial<NewEndpoint> & At = {},
): Promise<EndpointRecord> {
  return storage.endpoints.insert({
    endpoint: newEndpoint({ ...fields, at }),
    secret: { id: newId("sec", at), sealed: "sealed-secret" },
    now: at,
  });
}

export async function publish(
  storage: Storage,
  { at = after(0), ...fields }: Partial<NewMessage> & At = {},
): Promise<MessageRecord> {
  const [outcome] = await storage.messages.publish({ messages: [newMessage({ ...fields, at })], now: at });
  if (outcome === undefined) throw new Error("publish gave no outcome for its message");
  return outcome.message;
}
