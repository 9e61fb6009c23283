import { answerErrors, managementApi } from "@tenon/adapters-hono";
import { createTenon, NotFoundError, type TenonConfig } from "@tenon/core";
import { nodeTransport } from "@tenon/transport-node";
import { createDemoClock } from "example-setup/demo-clock";
import { steerDemo } from "example-setup/demo-steering";
import { Hono } from "hono";
import { adminApi, HOURLY } from "./admin-api.js";
import { demoRoutes } from "./demo-routes.js";
import { events, scopes } from "./domain/vocabulary.js";
import { publicApi } from "./public-api.js";
import type { readSettings } from "./settings.js";
import { aivoEnvelope, aivoSignature } from "./webhook-format.js";

/** The platform's integration service: what partners call, what they manage, and what is delivered to them. */
export function createPlatform(
  storage: TenonConfig["storage"],
  settings: Omit<ReturnType<typeof readSettings>, "port" | "databaseUrl">,
) {
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
    clock,
  });

  const app = new Hono();
  app.use("/admin/*", managementApi(tenon, adminApi(jwtSecret.reveal())));
  app.route("/public", publicApi(tenon));
  if (clock !== undefined) app.route("/_demo", demoRoutes(steerDemo(tenon, clock)));
  app.notFound(() => {
    throw new NotFoundError("NOT_FOUND", "There is nothing here, or nothing of yours.");
  });
  app.onError(answerErrors(tenon));
  return { app, tenon };
}
