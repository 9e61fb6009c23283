import { managementApi } from "@tenon/adapters-hono";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";

export const tenon = createTenon({
  storage: memoryStorage(),
  vaultKeys: [{ id: "2026-11", key: process.env.TENON_VAULT_KEY ?? "" }],
});
export const app = new Hono();

const api = managementApi(tenon, {
  // Stands for the session that the host has already.
  principal: (c) => ({
    tenantId: "acme",
    actorId: c.req.header("x-user") ?? "nobody",
    permissions: ["webhooks:*"],
  }),
  envelope: { field: "data", constants: { success: true } },
  renderRefusal: ({ code, detail }) => ({ body: { success: false, error: { code, message: detail } } }),
  lists: "array",
  routes: {
    apiKeys: false,
    endpoints: {
      path: "/admin/webhooks",
      only: ["create", "list", "put", "delete"],
      fields: { enabled: "isEnabled", eventTypes: "types" },
      routes: { delete: { status: 200 } },
    },
    deliveries: {
      only: ["listOfEndpoint"],
      fields: { state: { as: "status", words: { succeeded: "SUCCESS", exhausted: "FAILED" } } },
    },
  },
});
app.use(api);
