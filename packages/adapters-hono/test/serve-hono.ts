import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { HttpApp, HttpFramework } from "@tenon/contract-tests/http";
import type { Principal, ReceivedWebhook, RequestContext } from "@tenon/core/http";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import {
  answerErrors,
  findCaller,
  healthCheck,
  managementApi,
  rateLimit,
  readinessCheck,
  requireApiKey,
  requirePrincipal,
  requireWebhook,
  webhookReceiver,
} from "../src/index.js";

/** The adapter on Hono with @hono/node-server. */
export const honoFramework: HttpFramework<MiddlewareHandler, Context> = {
  requireApiKey,
  requirePrincipal,
  rateLimit,
  webhookReceiver: (options) => webhookReceiver(options) as MiddlewareHandler,
  requireWebhook,
  healthCheck,
  readinessCheck,
  managementApi,
  readHeader: (c, name) => c.req.header(name),
  serve: (app) => listen(createApp(app)),
};

type App = Hono<{
  Variables: { tenon?: RequestContext; webhook?: ReceivedWebhook; principal?: Principal };
}>;

function createApp(app: HttpApp<MiddlewareHandler>): App {
  const host: App = new Hono();
  const { exposedHeaders } = app;
  if (exposedHeaders !== undefined) host.use(cors({ origin: "*", exposeHeaders: [exposedHeaders] }));
  if (app.parsesJsonFirst) {
    host.use(async (c, next) => {
      if (c.req.raw.body !== null) await c.req.json().catch(() => undefined);
      await next();
    });
  }
  for (const middleware of app.appMiddlewares) host.use(middleware);
  for (const { path, middleware } of app.mounts) host.use(`${path}/*`, middleware);
  for (const { method, path, middlewares, answer } of app.routes) {
    host.on([method], [path], ...middlewares, (c) =>
      c.json(answer?.(findCaller(c), c.get("webhook"), c.get("principal")) ?? {}),
    );
  }
  const { errorsAnsweredBy } = app;
  host.onError(
    errorsAnsweredBy === undefined
      ? (error, c) => {
          app.onError(error);
          return c.body(null, 500);
        }
      : answerErrors(errorsAnsweredBy),
  );
  return host;
}

/** Serves an app on a free port of 127.0.0.1. */
export async function listen(app: Pick<App, "fetch">) {
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
