import { jwtPrincipal, managementApi, requirePrincipal } from "@tenon/adapters-hono";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { Hono } from "hono";

export const tenon = createTenon({
  storage: memoryStorage(),
  vaultKeys: [{ id: "2026-11", key: process.env.TENON_VAULT_KEY ?? "" }],
});
export const app = new Hono();

const principal = jwtPrincipal({ secret: process.env.JWT_SECRET ?? "", permissions: ["*"] });
app.use("/integrations/*", managementApi(tenon, { principal }));

const mayWatch = requirePrincipal(tenon, { principal, permission: "webhooks:read" });
app.get("/retries", mayWatch, async (c) => {
  const { tenantId } = c.get("principal");
  return c.json(await tenon.deliveries.count({ tenantId, state: "retrying" }));
});
