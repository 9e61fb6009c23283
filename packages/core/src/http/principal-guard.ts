import { z } from "zod";
import { parseConfig } from "../input/parse-input.js";
import type { Tenon } from "../tenon.js";
import { type HttpRequestView, isPreflight } from "./exchange.js";
import { createPrincipalJudge } from "./management/principal/judge-principal.js";
import { PERMISSIONS, type Permission } from "./management/principal/permissions.js";
import type { FindPrincipal, Principal } from "./management/principal/principal.js";
import { createManagementRefuse } from "./management/replies/management-refusal.js";
import type { GuardDecision } from "./request-context.js";

/** What a route of the host's own asks of its caller. */
export interface PrincipalGuardOptions<Request> {
  /** Tells who calls, and for which tenant: the function that the management API is given. */
  readonly principal: FindPrincipal<Request>;
  /** What the caller must be permitted. Default: nothing, whoever is known passes. */
  readonly permission?: Permission | undefined;
}

/** Judges who calls. `undefined` lets a request through unjudged: a CORS preflight, which carries no credentials. */
export type PrincipalGuard<Request> = (
  request: Request,
  view: HttpRequestView,
) => Promise<GuardDecision<Principal> | undefined>;

const principalGuardOptions = z.strictObject({
  principal: z.custom((value) => typeof value === "function", "must be a function of the request"),
  permission: z.enum(PERMISSIONS).optional(),
});

/**
 * Makes the guard of a route of the host's own, for whoever may call the management API. It refuses by the kit's
 * `http.renderRefusal`, or with problem details, and rejects with what the host's `principal` throws.
 * @throws {ConfigError} for options that break a rule.
 * @see RFC 9457
 */
export function createPrincipalGuard<Request>(
  { http }: Pick<Tenon, "http">,
  options: PrincipalGuardOptions<Request>,
): PrincipalGuard<Request> {
  const { permission } = parseConfig(principalGuardOptions, options);
  const judge = createPrincipalJudge(
    options.principal,
    createManagementRefuse(http.management.renderRefusal),
  );
  return async (request, view) => (isPreflight(view) ? undefined : judge(request, permission));
}
