import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpApp, HttpFramework } from "@tenon/contract-tests/http";
import type express from "express";
import type { ErrorRequestHandler, Express, Request } from "express";
import {
  answerErrors,
  findCaller,
  healthCheck,
  type Middleware,
  managementApi,
  rateLimit,
  readinessCheck,
  requireApiKey,
  requirePrincipal,
  requireWebhook,
  webhookReceiver,
} from "../src/index.js";

/** The adapter on a version of Express. */
export function expressFramework(module: typeof express): HttpFramework<Middleware, Request> {
  return {
    requireApiKey,
    requirePrincipal,
    rateLimit,
    webhookReceiver,
    requireWebhook,
    healthCheck,
    readinessCheck,
    managementApi,
    readHeader: (request, name) => request.get(name),
    serve: (app) => listen(createApp(module, app)),
  };
}

function createApp(module: typeof express, app: HttpApp<Middleware>): Express {
  const host = module();
  const { exposedHeaders } = app;
  if (exposedHeaders !== undefined) {
    host.use((_req, res, next) => {
      res.set("Access-Control-Expose-Headers", exposedHeaders);
      next();
    });
  }
  if (app.parsesJsonFirst) host.use(module.json());
  for (const middleware of app.appMiddlewares) host.use(middleware);
  for (const { path, middleware } of app.mounts) host.use(path === "" ? "/" : path, middleware);
  for (const { method, path, middlewares, answer } of app.routes) {
    const verb = method.toLowerCase() as "get" | "post" | "options";
    host[verb](path, ...middlewares, (req, res) => {
      res.json(answer?.(findCaller(req), req.webhook, req.principal) ?? {});
    });
  }
  if (app.errorsAnsweredBy !== undefined) host.use(answerErrors(app.errorsAnsweredBy));
  host.use(((error, _req, res, _next) => {
    app.onError(error);
    res.status(500).end();
  }) satisfies ErrorRequestHandler);
  return host;
}

/** Serves an app on a free port of 127.0.0.1. */
export async function listen(app: Express) {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
