import type { Tenon } from "@tenon/core";
import type { RateLimitGuardOptions } from "@tenon/core/http";
import type { Context, MiddlewareHandler } from "hono";
import { addToNext, toResponse } from "./reply.js";
import { viewRequest } from "./request-view.js";

export interface RateLimitOptions extends RateLimitGuardOptions {
  /**
   * Whose limit a request counts against: any text of 1 to 256 characters, such as a user's id. Without it, and where
   * it gives undefined, the client's address counts (IPv6 by /56), found behind the kit's `trustedProxies`. Required
   * where the runtime doesn't tell the address: everywhere but on @hono/node-server.
   */
  readonly subject?: (c: Context) => string | undefined;
}

/**
 * Limits a route that needs no key. Says what is left in the reply's headers, and answers 429 when it is nothing.
 * A CORS preflight passes uncounted. Where the client's address is not known, requests without a `subject` go to the
 * host's error handler.
 * @throws {ConfigError} for limits that break a rule or share a name.
 * @example
 * app.post("/login", rateLimit(tenon, { limits: [{ name: "login", limit: 10, windowSeconds: 60 }] }), logIn);
 */
export function rateLimit(tenon: Pick<Tenon, "http">, options: RateLimitOptions): MiddlewareHandler {
  const { subject, ...limits } = options;
  const guard = tenon.http.rateLimitGuard(limits);
  return async function rateLimit(c, next) {
    const decision = await guard(viewRequest(c), subject?.(c));
    if (decision === undefined) return next();
    if (!decision.ok) return toResponse(c, decision.reply);
    return addToNext(c, next, decision.headers);
  };
}
