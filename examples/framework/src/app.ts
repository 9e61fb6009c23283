import { jwtPrincipal, managementApi } from "@tenon/adapters-express";
import { isTenonError, TenonError } from "@tenon/core";
import { problemReply } from "@tenon/core/http";
import express, { type ErrorRequestHandler, type Express, type Request } from "express";
import type { Framework } from "./framework.js";
import { readAlerts, readIntegrations } from "./monitoring.js";

/** A host application with the framework in it. */
export function createApp(framework: Framework, jwtSecret: string): Express {
  const { tenon, authenticateApiKey, checkApiKeyScopes, verifyWebhookSignature } = framework;
  const principal = jwtPrincipal({ secret: jwtSecret, permissions: ["*"] });
  const tenantOf = async (req: Request) => {
    const caller = await principal(req);
    if (caller !== undefined) return caller.tenantId;
    throw new TenonError("UNAUTHORIZED", "Send a token: `Authorization: Bearer <JWT>`.");
  };

  const app = express().disable("x-powered-by");
  app.get("/api/data", authenticateApiKey, checkApiKeyScopes(["read:data"]), (req, res) => {
    const { tenantId, keyName, scopes } = req.tenon;
    res.json({ tenantId, keyName, scopes, data: [] });
  });
  app.post("/webhook", verifyWebhookSignature, ({ webhook: { id, type, event } }, res) => {
    res.json({ received: true, id, type, event });
  });
  app.get("/monitoring/integrations", async (req, res) => {
    res.json(await readIntegrations(tenon, await tenantOf(req)));
  });
  app.get("/monitoring/alerts", async (req, res) => {
    res.json(await readAlerts(tenon, await tenantOf(req)));
  });
  const openapi = { title: "Integrations", version: "1", reference: true };
  app.use("/integrations", managementApi(tenon, { principal, openapi }));
  app.get("/docs/integrations", (_req, res) => res.redirect("/integrations/docs"));
  return app;
}

/** Answers what routes throw, as problem details. The last to be mounted. */
export const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  const isCallers = isTenonError(error) && error.status < 500;
  if (!isCallers) console.error(error);
  const { status, headers, body } = isCallers
    ? problemReply(error.code, error.message)
    : problemReply("INTERNAL_ERROR", "Something went wrong here. Try again later.");
  res.status(status).set(headers).send(body);
};
