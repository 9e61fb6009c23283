import type { GuardDecision } from "../../request-context.js";
import type { RefuseManagement } from "../replies/management-refusal.js";
import { isPermitted, type Permission } from "./permissions.js";
import { checkPrincipal, type FindPrincipal, type Principal } from "./principal.js";

/** Finds who calls, and whether it may; without a permission, whoever is known may. */
export type JudgePrincipal<Request> = (
  request: Request,
  permission: Permission | undefined,
) => Promise<GuardDecision<Principal>>;

/**
 * Makes the function that answers nobody with 401, and whoever lacks a permission with 403. It rejects with what `find`
 * throws, and with `ConfigError` for a principal that can't be.
 * @see RFC 9110 section 15.5.2
 */
export function createPrincipalJudge<Request>(
  find: FindPrincipal<Request>,
  refuse: RefuseManagement,
): JudgePrincipal<Request> {
  return async (request, permission) => {
    const found = await find(request);
    if (found === undefined) {
      const headers = { "www-authenticate": 'Bearer realm="management"' };
      return { ok: false, reply: refuse("UNAUTHORIZED", "Log in to make this call.", { headers }) };
    }
    const principal = checkPrincipal(found);
    const refusal = permission === undefined ? undefined : findRefusal(principal, permission);
    if (refusal !== undefined) return { ok: false, reply: refuse("INSUFFICIENT_SCOPE", refusal) };
    return { ok: true, context: principal, headers: {} };
  };
}

function findRefusal({ kind, permissions }: Principal, permission: Permission): string | undefined {
  if (!isPermitted(permissions, permission)) return `This needs the permission ${permission}.`;
  if (permission === "api-keys:write" && kind === "api_key") return "An API key can't manage API keys.";
  return undefined;
}
