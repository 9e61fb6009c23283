import type { Tenon } from "@tenon/core";
import { healthReply, readinessReply } from "@tenon/core/http";
import type { MiddlewareHandler } from "hono";
import { toResponse } from "./reply.js";

/**
 * Answers a liveness probe: 200 as long as this process serves requests. No I/O: an outage of the database is no
 * reason to restart it.
 * @example
 * app.get("/health", healthCheck(tenon));
 */
export function healthCheck(tenon: Pick<Tenon, "health">): MiddlewareHandler {
  return async function healthCheck(c) {
    tenon.health();
    return toResponse(c, healthReply());
  };
}

/**
 * Answers a readiness probe: 200, or 503 when a check of `tenon.ready()` isn't well, with each check and its reason.
 * The reply names no hosts and holds no secrets.
 * @example
 * app.get("/ready", readinessCheck(tenon));
 */
export function readinessCheck(tenon: Pick<Tenon, "ready">): MiddlewareHandler {
  return async function readinessCheck(c) {
    return toResponse(c, readinessReply(await tenon.ready()));
  };
}
