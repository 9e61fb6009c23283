import type { Tenon } from "@tenon/core";
import type { ApiKeyGuardOptions, RequestContext } from "@tenon/core/http";
import type { MiddlewareHandler } from "hono";
import { addToNext, toResponse } from "./reply.js";
import { viewRequest } from "./request-view.js";

export type RequireApiKeyOptions = ApiKeyGuardOptions;

/**
 * Lets a request through when it carries a valid API key with the scopes the route needs, within its limits, and sets
 * `c.get("tenon")`. Answers 400, 401, 403, 429 or 503 itself, as problem details or as the kit's `http.renderRefusal` has
 * it. A CORS preflight passes unjudged: on routes for every method, `c.get("tenon")` is undefined then, whatever its
 * type says.
 * The key comes as `Authorization: Bearer <key>` or `X-API-Key: <key>`, or where the kit's `http.credentials` says;
 * query strings are never read. Used twice on one request, it looks the key up once and charges each limit once.
 * Keys with an IP allowlist need @hono/node-server: elsewhere the client's address is not known, and they are refused.
 * @throws {ConfigError} for a scope that isn't in the registry, or limits that break a rule or share a name.
 * @example
 * app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), (c) => c.json(listPosts(c.get("tenon").tenantId)));
 * @see RFC 6750 section 3, RFC 9457
 */
export function requireApiKey(
  tenon: Pick<Tenon, "http">,
  options?: RequireApiKeyOptions & { readonly foreignBearer?: "refuse" | undefined },
): MiddlewareHandler<{ Variables: { tenon: RequestContext } }>;
/** With `foreignBearer: "pass"` a call may come with no caller of ours. */
export function requireApiKey(
  tenon: Pick<Tenon, "http">,
  options: RequireApiKeyOptions,
): MiddlewareHandler<{ Variables: { tenon: RequestContext | undefined } }>;
export function requireApiKey(
  tenon: Pick<Tenon, "http">,
  options: RequireApiKeyOptions = {},
): MiddlewareHandler {
  const guard = tenon.http.apiKeyGuard(options);
  return async function requireApiKey(c, next) {
    const answer = guard(viewRequest(c));
    // A warm call is judged at once, and needn't wait for the turn after.
    const decision = answer === undefined || "ok" in answer ? answer : await answer;
    if (decision === undefined) return next();
    if (!decision.ok) return toResponse(c, decision.reply);
    c.set("tenon", decision.context);
    return addToNext(c, next, decision.headers);
  };
}
