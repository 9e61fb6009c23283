import { ConfigError } from "../../../errors/tenon-error.js";

/** Who calls the management API, and in whose name. The tenant is known from here alone, never from the request. */
export interface Principal {
  /** The host's own name for the tenant, 1 to 128 characters. */
  readonly tenantId: string;
  /** The host's own name for whoever calls, for the audit log. For `kind: "api_key"` the key's id. */
  readonly actorId: string;
  /** What the caller may do, such as `api-keys:read` or `webhooks:*`; see `Permission`. */
  readonly permissions: readonly string[];
  /** What the actor is. Default `host`: a user or a service of the host's. A key never manages keys. */
  readonly kind?: "host" | "api_key" | "access_token" | undefined;
  /** The caller's own scopes: keys that it creates or changes get none beyond them. Left out, any. */
  readonly scopes?: readonly string[] | undefined;
}

/** Tells who calls, from the host's own session or token; undefined for nobody, who is answered 401. */
export type FindPrincipal<Request> = (
  request: Request,
) => Principal | undefined | Promise<Principal | undefined>;

/**
 * Checks what the host's function returned, so that a mistake in it never reads or writes another tenant's records.
 * @throws {ConfigError} for a tenant, an actor or permissions that can't be.
 */
export function checkPrincipal(principal: Principal): Principal {
  const problems = [
    ...(isName(principal.tenantId) ? [] : [{ pointer: "/principal/tenantId", message: NAME_RULE }]),
    ...(isName(principal.actorId) ? [] : [{ pointer: "/principal/actorId", message: NAME_RULE }]),
    ...(Array.isArray(principal.permissions)
      ? []
      : [{ pointer: "/principal/permissions", message: "must be a list of permissions" }]),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return principal;
}

const NAME_RULE = "must be a text of 1 to 128 characters";

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length >= 1 && value.length <= 128;
}
