import { requireApiKey, requireWebhook } from "@tenon/adapters-express";
import { type DeliveryRecord, type Endpoint, NotFoundError, type Tenon } from "@tenon/core";

/** An event for one webhook. */
export type WebhookEvent = { readonly webhookId: string; readonly event: string; readonly payload: unknown };

/** Whose log it is, and what was done: lowercase words joined by dots. Other details are kept beside it. */
export type LogContext = {
  readonly tenantId: string;
  readonly action: string;
  readonly status: "success" | "failure";
  readonly [detail: string]: unknown;
};

/** The framework's calls and middlewares, under the names that hosts know. */
export function createFacade(tenon: Tenon, webhookSecret: string) {
  const { apiKeys, audit, endpoints, webhooks } = tenon;
  /** Sends an event to one webhook; resolves after the first attempt. One that failed is retried. */
  const processWebhookDelivery = async ({ webhookId, event: type, payload: data }: WebhookEvent) =>
    presentDelivery(await webhooks.publishNow({ ...parseWebhookId(webhookId), type, data }));
  return {
    integrationAuthService: {
      /** Creates a key. Its text is in `key`, this once. */
      async generateApiKey(tenantId: string, name: string, scopes: string[]) {
        const { secret, ...created } = await apiKeys.create({ tenantId, name, scopes });
        return { ...created, key: secret.reveal() };
      },
      listApiKeys: (tenantId: string) => apiKeys.list({ tenantId }),
      revokeApiKey: (tenantId: string, keyId: string) => apiKeys.revoke({ tenantId, keyId }),
    },
    webhookService: {
      /** Creates a webhook. What its deliveries are signed with is in `secret`, this once. */
      async createWebhook(tenantId: string, name: string, url: string, eventTypes: string[]) {
        const { secret, ...endpoint } = await endpoints.create({ tenantId, name, url, eventTypes });
        return { ...presentWebhook(endpoint), secret: secret.reveal() };
      },
      async listWebhooks(tenantId: string) {
        const { items, nextCursor } = await endpoints.list({ tenantId });
        return { items: items.map(presentWebhook), nextCursor };
      },
      triggerWebhook: (webhookId: string, event: string, payload: unknown) =>
        processWebhookDelivery({ webhookId, event, payload }),
      processWebhookDelivery,
    },
    loggingService: {
      info: (message: string, { tenantId, action, status, ...metadata }: LogContext) =>
        audit.record({ tenantId, action, status, message, metadata }),
      list: audit.list,
    },
    /** Lets requests through that carry a key: `X-API-Key: <key>`, or `Authorization: Bearer <key>`. */
    authenticateApiKey: requireApiKey(tenon),
    /** Lets requests through whose key has all of these scopes. */
    checkApiKeyScopes: (scopes: string[]) => requireApiKey(tenon, { scopes }),
    /** Lets webhooks through that were signed with this secret, within the last five minutes. */
    verifyWebhookSignature: requireWebhook({
      secrets: webhookSecret,
      typeOf: (event) => (event as { readonly event?: string } | null)?.event,
    }),
  };
}

/** The framework's calls know a webhook by its id alone, so the id tells its tenant. */
const formatWebhookId = (tenantId: string, endpointId: string) => `${endpointId}@${tenantId}`;

function parseWebhookId(webhookId: string) {
  const [, endpointId, tenantId] = /^([^@]+)@(.+)$/s.exec(webhookId) ?? [];
  if (endpointId !== undefined && tenantId !== undefined) return { tenantId, endpointId };
  throw new NotFoundError("WEBHOOK_NOT_FOUND", `There is no webhook ${JSON.stringify(webhookId)}.`);
}

export function presentWebhook({ id, tenantId, name, url, eventTypes: events, createdAt }: Endpoint) {
  return { id: formatWebhookId(tenantId, id), tenantId, name, url, events, createdAt };
}

function presentDelivery(record: DeliveryRecord) {
  const { tenantId, endpointId, state, attemptCount: attempts, ...delivery } = record;
  const status = state === "succeeded" ? "success" : state;
  return { ...delivery, tenantId, webhookId: formatWebhookId(tenantId, endpointId), status, attempts };
}
