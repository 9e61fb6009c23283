// Records as the table shows them, before a presentation gives them the host's own words.

export const API_KEY = {
  id: "key_00cQPbV3mVhYJmX9dWZ2Qe",
  name: "Zapier",
  ownerId: "user_7",
  prefix: "sk",
  environment: "live",
  start: "sk_live_9fK2",
  scopes: ["posts:read"],
  limits: [{ name: "hour", limit: 1000, windowSeconds: 3600, algorithm: "sliding-window" }],
  ipAllowlist: ["203.0.113.0/24"],
  metadata: { team: "growth" },
  status: "active",
  createdAt: "2026-01-31T12:00:00.000Z",
  notBefore: null,
  expiresAt: "2027-01-31T12:00:00.000Z",
  disabledAt: null,
  revokedAt: null,
  rotatedAt: null,
  lastUsedAt: "2026-02-01T08:30:00.000Z",
  predecessorId: null,
  successorId: null,
} as const;

export const NEW_API_KEY = {
  name: "Zapier",
  ownerId: "user_7",
  scopes: ["posts:read"],
  limits: [{ name: "hour", limit: 1000, windowSeconds: 3600 }],
  ipAllowlist: ["203.0.113.0/24"],
  metadata: { team: "growth" },
  expiresAt: "2027-01-31T12:00:00Z",
} as const;

export const ENDPOINT = {
  id: "ep_00cQPbV4aTq0yC1u5b7VnL",
  url: "https://hooks.example.com/tenon",
  eventTypes: ["post.*"],
  channels: [],
  name: "Zapier",
  description: "Tells Zapier of posts",
  metadata: { team: "growth" },
  headers: {},
  enabled: true,
  integrationId: null,
  whileDisabled: "hold",
  retrySchedule: null,
  timeoutMs: null,
  concurrency: null,
  fifo: false,
  rateLimit: { limit: 100, windowSeconds: 60 },
  signing: "hmac",
  publicKey: null,
  revision: 1,
  createdAt: "2026-01-31T12:00:00.000Z",
  updatedAt: "2026-01-31T12:00:00.000Z",
  disabledAt: null,
  disabledReason: null,
  failingSince: null,
  pausedUntil: null,
  slowSince: null,
  lastDeliveryAt: "2026-02-01T08:30:00.000Z",
} as const;

export const NEW_ENDPOINT = {
  url: "https://hooks.example.com/tenon",
  eventTypes: ["post.*"],
  name: "Zapier",
  description: "Tells Zapier of posts",
  metadata: { team: "growth" },
  rateLimit: { limit: 100, windowSeconds: 60 },
} as const;

/** No secret: what one looks like. */
export const SIGNING_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

export const MESSAGE = {
  id: "msg_00cQPbV5k2cS3oYw1z8XrT",
  type: "post.published",
  channels: [],
  endpointId: null,
  idempotencyKey: null,
  deliverAt: null,
  createdAt: "2026-02-01T08:30:00.000Z",
} as const;

export const DELIVERY = {
  id: "dlv_00cQPbV5k2dH8aLq4m6YsU",
  messageId: MESSAGE.id,
  endpointId: ENDPOINT.id,
  state: "succeeded",
  attemptCount: 1,
  createdAt: "2026-02-01T08:30:00.000Z",
  nextAttemptAt: null,
  finishedAt: "2026-02-01T08:30:00.180Z",
  failureReason: null,
} as const;

export const ATTEMPT = {
  id: "att_00cQPbV5k2eR5fNd9p2ZtV",
  attemptNumber: 1,
  startedAt: "2026-02-01T08:30:00.040Z",
  durationMs: 140,
  succeeded: true,
  failureReason: null,
  error: null,
  responseStatus: 204,
  responseHeaders: {},
  responseBody: "",
} as const;

export const FIGURES = {
  attempts: { succeeded: 41, failed: 1 },
  deliveries: { succeeded: 41, exhausted: 0 },
  successRate: 0.976,
  latencyMs: { p50: 120, p95: 410 },
  failures: { server_error: 1 },
} as const;

export const AUDIT_EVENT = {
  id: "aud_00cQPbV6t9gJ2bKf7r4WuX",
  occurredAt: "2026-01-31T12:00:00.000Z",
  action: "endpoint.updated",
  status: "success",
  actorId: "user_7",
  actorKind: "host",
  ip: "203.0.113.9",
  userAgent: "curl/8.5.0",
  correlationId: "req_5f1d0c6be2a94437a1b2c3d4",
  target: { type: "endpoint", id: ENDPOINT.id },
  changes: { name: { from: "Zap", to: "Zapier" } },
  message: null,
  metadata: {},
} as const;
