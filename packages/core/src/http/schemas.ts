import { z } from "zod";
import type { ApiKey } from "../api-keys/api-key.js";
import type { LimitsForKey } from "../api-keys/key-verdict.js";
import { requiredScopes, type ScopedLimitInput, scopedLimits } from "../api-keys/schemas.js";
import { type RateLimitInput, rateLimits } from "../rate-limit/schemas.js";
import type { RequiredScopes } from "../scopes/check-scopes.js";

/** What a guarded route asks for. */
export interface ApiKeyGuardOptions {
  /** Scopes the route needs: all of a list, or any of `anyOf`. Default none: any valid key will do. */
  readonly scopes?: RequiredScopes | undefined;
  /**
   * Units one call takes from every limit: a whole number; 0 takes none and leaves the charge to a guard behind this one.
   * Default 1.
   */
  readonly cost?: number | undefined;
  /**
   * Limits beside the key's own, shared by every route that names the same ones: counted `per` key (the default),
   * tenant, client address or named route, all of them together or not at all. Names are unique within each; where one
   * clashes with a limit of the key's, the key's own wins. A function gives them for the key, such as by its tenant's
   * plan; let it return the same array for the same plan. Default none.
   */
  readonly limits?: LimitsForKey | undefined;
  /**
   * What becomes of a request whose only credential is a bearer token that doesn't begin with the key prefix: `refuse`
   * answers 401, `pass` leaves it to the middleware behind, such as the host's own JWT check, with no caller set.
   * Default `refuse`. A request without any credential is answered 401 either way.
   */
  readonly foreignBearer?: "refuse" | "pass" | undefined;
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
  limits: z
    .union(
      [scopedLimits, z.custom<(key: ApiKey) => readonly ScopedLimitInput[]>(isFunction)],
      "must be a list of limits, or a function that gives one for a key",
    )
    .default([]),
  foreignBearer: z.enum(["refuse", "pass"]).default("refuse"),
});

export const rateLimitGuardOptions = z.strictObject({ limits: rateLimits.min(1), cost });

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
