import type { Tenon } from "@tenon/core";
import { healthReply, readinessReply } from "@tenon/core/http";
import { createMiddleware, type Middleware } from "./middleware.js";
import { writeReply } from "./reply.js";

/**
 * Answers a liveness probe: 200 as long as this process serves requests. No I/O: an outage of the database is no
 * reason to restart it.
 * @example
 * app.get("/health", healthCheck(tenon));
 */
export function healthCheck(tenon: Pick<Tenon, "health">): Middleware {
  return createMiddleware(async function healthCheck(_req, res) {
    tenon.health();
    writeReply(res, healthReply());
    return false;
  });
}

/**
 * Answers a readiness probe: 200, or 503 when a check of `tenon.ready()` isn't well, with each check and its reason.
 * The reply names no hosts and holds no secrets.
 * @example
 * app.get("/ready", readinessCheck(tenon));
 */
export function readinessCheck(tenon: Pick<Tenon, "ready">): Middleware {
  return createMiddleware(async function readinessCheck(_req, res) {
    writeReply(res, readinessReply(await tenon.ready()));
    return false;
  });
}
