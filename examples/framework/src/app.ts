import {
  answerErrors,
  healthCheck,
  jwtPrincipal,
  managementApi,
  readinessCheck,
  requirePrincipal,
} from "@tenon/adapters-express";
import type { DemoSteering } from "example-setup/demo-steering";
import express, { type Express } from "express";
import { demoRoutes } from "./demo-routes.js";
import type { Framework } from "./framework.js";
import { readAlerts, readIntegrations } from "./monitoring.js";

/** A host application with the framework in it. */
export function createApp(framework: Framework, jwtSecret: string, demo?: DemoSteering): Express {
  const { tenon, authenticateApiKey, checkApiKeyScopes, verifyWebhookSignature } = framework;
  const principal = jwtPrincipal({ secret: jwtSecret, permissions: ["*"] });
  const requireAdmin = requirePrincipal(tenon, { principal });

  const app = express().disable("x-powered-by");
  app.get("/api/data", authenticateApiKey, checkApiKeyScopes(["read:data"]), (req, res) => {
    const { tenantId, keyName, scopes } = req.tenon;
    res.json({ tenantId, keyName, scopes, data: [] });
  });
  app.post("/webhook", verifyWebhookSignature, ({ webhook: { id, type, event } }, res) => {
    res.json({ received: true, id, type, event });
  });
  app.get("/monitoring/integrations", requireAdmin, async (req, res) => {
    res.json(await readIntegrations(tenon, req.principal.tenantId));
  });
  app.get("/monitoring/alerts", requireAdmin, async (req, res) => {
    res.json(await readAlerts(tenon, req.principal.tenantId));
  });
  const openapi = { title: "Integrations", version: "1", reference: true };
  app.use("/integrations", managementApi(tenon, { principal, openapi }));
  app.get("/docs/integrations", (_req, res) => res.redirect("/integrations/docs"));
  app.get("/health", healthCheck(tenon));
  app.get("/ready", readinessCheck(tenon));
  if (demo !== undefined) app.use("/_demo", demoRoutes(demo));
  return app.use(answerErrors(tenon));
}
