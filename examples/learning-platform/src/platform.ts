import { managementApi } from "@tenon/adapters-hono";
import { createTenon, isTenonError, type TenonConfig } from "@tenon/core";
import { problemReply } from "@tenon/core/http";
import { nodeTransport } from "@tenon/transport-node";
import { createDemoClock } from "example-setup/demo-clock";
import { Hono } from "hono";
import { z } from "zod";
import { adminApi, HOURLY } from "./admin-api.js";
import { demoRoutes } from "./demo/demo-routes.js";
import { events, scopes } from "./domain/vocabulary.js";
import { publicApi } from "./public-api.js";
import type { readSettings } from "./settings.js";
import { aivoEnvelope, aivoSignature } from "./webhook-format.js";

/** The platform's integration service: what partners call, what they manage, and what is delivered to them. */
export function createPlatform(storage: TenonConfig["storage"], settings: ReturnType<typeof readSettings>) {
  const { vaultKey, jwtSecret, attempts, isDemo } = settings;
  const clock = isDemo ? createDemoClock() : undefined;
  const tenon = createTenon({
    storage,
    vaultKeys: [{ id: "1", key: vaultKey.reveal() }],
    scopes,
    events,
    apiKeys: { prefix: "aivo", environments: [], body: { characters: 32 }, defaultLimits: [HOURLY] },
    http: { credentials: [{ kind: "header", name: "X-Aivo-Api-Key" }] },
    transport: nodeTransport({ development: { loopback: isDemo } }),
    webhooks: {
      envelope: aivoEnvelope,
      signatureProfiles: [aivoSignature],
      retrySchedule: { kind: "exponential", baseSeconds: 1, factor: 2, maxSeconds: 3600, attempts },
      whileDisabled: "skip",
    },
    logger: console,
    ...(clock === undefined ? {} : { clock }),
  });

  const app = new Hono();
  app.use("/admin/*", managementApi(tenon, adminApi(jwtSecret.reveal())));
  app.route("/public", publicApi(tenon));
  if (clock !== undefined) app.route("/_demo", demoRoutes(tenon, clock));
  app.notFound(() => problem("NOT_FOUND", "There is nothing here, or nothing of yours."));
  app.onError((error) => {
    if (error instanceof z.ZodError) return problem("VALIDATION_FAILED", z.prettifyError(error));
    if (error instanceof SyntaxError) return problem("INVALID_REQUEST", "The body must be JSON.");
    if (isTenonError(error) && error.status < 500) return problem(error.code, error.message);
    console.error(error);
    return problem("INTERNAL_ERROR", "Something went wrong here. Try again later.");
  });
  return { app, tenon };
}

function problem(...of: Parameters<typeof problemReply>): Response {
  const { body = null, ...reply } = problemReply(...of);
  return new Response(body, reply);
}
