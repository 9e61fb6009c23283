import type { ManagementApiOptions } from "@tenon/core/http";

type Presentation = Omit<ManagementApiOptions<unknown>, "principal">;

const none = { eventTypes: false, messages: false, auditEvents: false, rateLimits: false } as const;

/** Upper-case words, `isEnabled`, bare lists. */
export const learningApi: Presentation = {
  lists: "array",
  routes: {
    ...none,
    apiKeys: { path: "/admin/api-keys", only: ["create", "list", "revoke"] },
    endpoints: {
      path: "/admin/webhooks",
      only: ["create", "list", "put", "delete"],
      fields: { enabled: "isEnabled" },
    },
    deliveries: {
      only: ["listOfEndpoint"],
      routes: { listOfEndpoint: { query: { include: "attempts" } } },
      fields: {
        state: {
          as: "status",
          words: {
            pending: "PENDING",
            delivering: "PENDING",
            held: "PENDING",
            retrying: "FAILED",
            succeeded: "SUCCESS",
            exhausted: "PERMANENT_FAILURE",
            cancelled: "PERMANENT_FAILURE",
          },
        },
      },
    },
  },
};

/** `{ success, data }` around everything, `isActive`. */
export const envelopedApi: Presentation = {
  lists: "array",
  envelope: { field: "data", constants: { success: true } },
  renderRefusal: ({ code, detail }) => ({ body: { success: false, error: { code, message: detail } } }),
  routes: {
    ...none,
    apiKeys: false,
    endpoints: {
      path: "/webhooks",
      only: ["create", "update", "delete"],
      fields: { eventTypes: "events", enabled: "isActive" },
      routes: { delete: { status: 200 } },
    },
    deliveries: { only: ["listOfEndpoint"], fields: { endpointId: "webhookId" } },
  },
};
