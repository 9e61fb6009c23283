import type { Tenon } from "@tenon/core";
import type { RateLimitGuardOptions } from "@tenon/core/http";
import type { Request } from "express";
import { createMiddleware, type Middleware } from "./middleware.js";
import { addHeaders, writeReply } from "./reply.js";
import { viewRequest } from "./request-view.js";

export interface RateLimitOptions extends RateLimitGuardOptions {
  /**
   * Whose limit a request counts against: any text of 1 to 256 characters, such as a user's id. Without it, and where
   * it gives undefined, the client's address counts (IPv6 by /56), found behind the kit's `trustedProxies`.
   */
  readonly subject?: (req: Request) => string | undefined;
}

/**
 * Limits a route that needs no key. Says what is left in the reply's headers, and answers 429 when it is nothing.
 * A CORS preflight passes uncounted. On a server whose connections have no address (a Unix socket), requests without
 * a `subject` go to the host's error handler.
 * @throws {ConfigError} for limits that break a rule or share a name.
 * @example
 * app.post("/login", rateLimit(tenon, { limits: [{ name: "login", limit: 10, windowSeconds: 60 }] }), logIn);
 */
export function rateLimit(tenon: Pick<Tenon, "http">, options: RateLimitOptions): Middleware {
  const { subject, ...limits } = options;
  const guard = tenon.http.rateLimitGuard(limits);
  return createMiddleware(async function rateLimit(req, res) {
    const decision = await guard(viewRequest(req), subject?.(req));
    if (decision === undefined) return true;
    if (!decision.ok) {
      writeReply(res, decision.reply);
      return false;
    }
    addHeaders(res, decision.headers);
    return true;
  });
}
