import { jwtPrincipal, managementApi, requirePrincipal } from "@tenon/adapters-express";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express, { type Express } from "express";

export const tenon = createTenon({
  storage: memoryStorage(),
  vaultKeys: [{ id: "2026-11", key: process.env.TENON_VAULT_KEY ?? "" }],
});
export const app: Express = express();

const principal = jwtPrincipal({ secret: process.env.JWT_SECRET ?? "", permissions: ["*"] });
app.use("/integrations", managementApi(tenon, { principal }));

const mayWatch = requirePrincipal(tenon, { principal, permission: "webhooks:read" });
app.get("/retries", mayWatch, async (req, res) => {
  const { tenantId } = req.principal;
  res.json(await tenon.deliveries.count({ tenantId, state: "retrying" }));
});
