import { z } from "zod";
import { requiredScopes } from "../api-keys/schemas.js";
import { type RateLimitInput, rateLimits } from "../rate-limit/schemas.js";
import type { RequiredScopes } from "../scopes/check-scopes.js";

/** What a guarded route asks for. */
export interface ApiKeyGuardOptions {
  /** Scopes the route needs: all of a list, or any of `anyOf`. Default none: any valid key will do. */
  readonly scopes?: RequiredScopes | undefined;
  /** Units one call takes from every limit: a whole number, 0 takes none. Default 1. */
  readonly cost?: number | undefined;
  /**
   * Limits beside the key's own, counted for the key and shared by every route that names the same ones. Names are
   * unique; where one clashes with a limit of the key's, the key's own wins. Default none.
   */
  readonly limits?: readonly RateLimitInput[] | undefined;
}

/** What a route without a key allows. */
export interface RateLimitGuardOptions {
  /** At least one. Every route that names the same ones shares their counters. */
  readonly limits: readonly RateLimitInput[];
  /** Units one call takes from every limit: a whole number, 0 takes none. Default 1. */
  readonly cost?: number | undefined;
}

const cost = z.int().min(0).max(1_000_000).default(1);

export const apiKeyGuardOptions = z.strictObject({
  scopes: requiredScopes.default([]),
  cost,
  limits: rateLimits.default([]),
});

export const rateLimitGuardOptions = z.strictObject({ limits: rateLimits.min(1), cost });
