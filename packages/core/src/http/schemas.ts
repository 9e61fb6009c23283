import { z } from "zod";
import { requiredScopes } from "../api-keys/schemas.js";
import { rateLimits } from "../rate-limit/schemas.js";

const cost = z.int().min(0).max(1_000_000).default(1);

export const apiKeyGuardOptions = z.strictObject({
  /** Scopes the route needs: all of the list, or any of `anyOf`. */
  scopes: requiredScopes.default([]),
  /** Units one call takes from every limit. */
  cost,
  /** Limits beside the key's own, counted for the key. */
  limits: rateLimits.default([]),
});
/** What a guarded route asks for: scopes (default none), cost (default 1), limits beside the key's own. */
export type ApiKeyGuardOptions = z.input<typeof apiKeyGuardOptions>;

export const rateLimitGuardOptions = z.strictObject({
  limits: rateLimits.min(1),
  cost,
});
/** Limits for a route without a key, and the units one call takes (default 1). */
export type RateLimitGuardOptions = z.input<typeof rateLimitGuardOptions>;
