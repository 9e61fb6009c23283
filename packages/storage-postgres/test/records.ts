import { randomBytes } from "node:crypto";
import { createPublicId, type PublicIdPrefix } from "@tenon/core/encoding";
import type { EndpointRecord, NewApiKey, NewEndpoint, NewMessage, Storage } from "@tenon/core/ports";

const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };

export function newId(prefix: PublicIdPrefix, at = new Date()): string {
  return createPublicId(prefix, { clock: { now: () => at, wait: async () => {} }, random });
}

export function newApiKey(fields: Partial<NewApiKey> = {}): NewApiKey {
  return {
    tenantId: "acme",
    id: newId("key"),
    hash: randomBytes(32).toString("hex"),
    prefix: "sk",
    environment: "live",
    start: "sk_live_3fG9",
    name: "Zapier",
    ownerId: undefined,
    scopes: [],
    limits: [],
    ipAllowlist: [],
    metadata: {},
    notBefore: undefined,
    expiresAt: undefined,
    ...fields,
  };
}

export function newMessage(fields: Partial<NewMessage> = {}): NewMessage {
  return {
    tenantId: "acme",
    id: newId("msg"),
    type: "post.published",
    payload: '{"type":"post.published"}',
    channels: [],
    endpointId: undefined,
    idempotencyKey: undefined,
    requestHash: undefined,
    deliverAt: undefined,
    ...fields,
  };
}

export function insertEndpoint(storage: Storage, fields: Partial<NewEndpoint> = {}): Promise<EndpointRecord> {
  return storage.endpoints.insert({
    endpoint: {
      tenantId: "acme",
      id: newId("ep"),
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
    },
    secret: { id: newId("sec"), sealed: "sealed" },
  });
}
