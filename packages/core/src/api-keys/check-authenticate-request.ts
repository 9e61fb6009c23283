import { ValidationError } from "../errors/tenon-error.js";
import type { AuthenticateKeyRequest } from "./key-verdict.js";

/**
 * Refuses a request that breaks a rule, by hand: a schema would take longer than the judging of a warm key. `limits` are
 * checked where they are read.
 * @throws {ValidationError}
 */
export function checkAuthenticateRequest(request: AuthenticateKeyRequest): void {
  if (typeof request !== "object" || request === null) refuse("", "must be an object");
  // A misspelt `scopes` would ask for none.
  for (const name in request) if (!isMember(name)) refuse(`/${name}`, "is no member of a request");
  const { key, scopes, cost, clientAddress } = request;
  if (typeof key !== "string") refuse("/key", "must be text");
  if (scopes !== undefined && !isRequiredScopes(scopes)) refuse("/scopes", "must be a list, or { anyOf }");
  // A negative one would give back, and one that is text would be appended to what is counted.
  if (cost !== undefined && !(Number.isInteger(cost) && cost >= 0))
    refuse("/cost", "must be a whole number, 0 or more");
  if (clientAddress !== undefined && typeof clientAddress !== "string")
    refuse("/clientAddress", "must be text");
}

/** Compared in place: each is the engine's own text for the name, and looking it up in a set took twice as long. */
function isMember(name: string): name is keyof AuthenticateKeyRequest {
  return (
    name === "key" || name === "scopes" || name === "cost" || name === "limits" || name === "clientAddress"
  );
}

function isRequiredScopes(scopes: unknown): boolean {
  return (
    Array.isArray(scopes) ||
    (typeof scopes === "object" && scopes !== null && "anyOf" in scopes && Array.isArray(scopes.anyOf))
  );
}

function refuse(pointer: string, message: string): never {
  throw new ValidationError([{ pointer, message }]);
}
