import type { AuthenticateKey, AuthenticateKeyResult } from "../api-keys/authenticate-key.js";
import { type KeyFormat, parseKeyText } from "../api-keys/key-format.js";
import { ConfigError, isTenonError } from "../errors/tenon-error.js";
import { parseConfig } from "../input/parse-input.js";
import type { Cidr } from "../network/cidr.js";
import { findClientAddress } from "../network/client-address.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import { formatLimitHeaders } from "../rate-limit/limit-headers.js";
import type { RequiredScopes } from "../scopes/check-scopes.js";
import { readCredentials } from "./credentials.js";
import { type HttpReply, type HttpRequestView, isPreflight } from "./exchange.js";
import { problemReply } from "./problem.js";
import { rateLimitedReply } from "./rate-limit-replies.js";
import type { GuardDecision, RequestContext } from "./request-context.js";
import { type ApiKeyGuardOptions, apiKeyGuardOptions } from "./schemas.js";

/** Judges a request. `undefined` lets it through unjudged: a CORS preflight, which carries no credentials. */
export type ApiKeyGuard = (request: HttpRequestView) => Promise<GuardDecision<RequestContext> | undefined>;

export interface ApiKeyGuardConfig {
  readonly authenticate: AuthenticateKey;
  readonly format: KeyFormat;
  readonly knownScopes: ReadonlySet<string> | undefined;
  readonly trustedProxies: readonly Cidr[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long a client is asked to wait while the storage is out. */
const STORAGE_RETRY_SECONDS = 5;

/**
 * Makes the guard of a route.
 * @throws {ConfigError} for a scope that isn't in the registry, or limits that share a name.
 */
export function createApiKeyGuard(options: ApiKeyGuardOptions, config: ApiKeyGuardConfig): ApiKeyGuard {
  const { scopes, cost, limits } = parseConfig(apiKeyGuardOptions, options);
  refuseUnknownScopes(scopes, config.knownScopes);

  return async (request) => {
    if (isPreflight(request)) return undefined;
    const credential = chooseCredential(request, config.format);
    if (!credential.ok) return { ok: false, reply: credential.reply };
    const clientAddress = findClientAddress({
      connectionAddress: request.connectionAddress,
      forwardedFor: request.headerValues("x-forwarded-for").join(","),
      trustedProxies: config.trustedProxies,
    });
    try {
      const result = await config.authenticate({
        key: credential.key,
        scopes,
        cost,
        limits,
        ...(clientAddress === undefined ? {} : { clientAddress }),
      });
      const now = config.clock.now();
      return result.ok ? pass(result, now) : { ok: false, reply: refusalReply(result, scopes, now) };
    } catch (error) {
      if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
      config.logger.error({ err: error }, "an API key could not be looked up: the storage is out");
      return { ok: false, reply: storageOutReply() };
    }
  };
}

function chooseCredential(
  request: HttpRequestView,
  format: KeyFormat,
): { readonly ok: true; readonly key: string } | { readonly ok: false; readonly reply: HttpReply } {
  const { bearer, apiKey } = readCredentials(request);
  const presented = [...bearer, ...apiKey];
  const ours = presented.filter((text) => isOurs(text, format));
  const [key = presented[0]] = ours;
  if (ours.length > 1 || apiKey.length > 1 || bearer.length > 1) {
    return {
      ok: false,
      reply: challenge("INVALID_REQUEST", "Send one API key, in one header.", "invalid_request"),
    };
  }
  if (key === undefined) {
    const detail = "Send an API key: `Authorization: Bearer <key>` or `X-API-Key: <key>`.";
    return { ok: false, reply: challenge("UNAUTHORIZED", detail) };
  }
  return { ok: true, key };
}

/** Ours by its looks: a key of this format, even with a typo in it. */
function isOurs(text: string, format: KeyFormat): boolean {
  const parsed = parseKeyText(format, text);
  return parsed.ok || parsed.reason === "checksum";
}

function pass(
  { key, limits }: Extract<AuthenticateKeyResult, { ok: true }>,
  now: Date,
): GuardDecision<RequestContext> {
  return {
    ok: true,
    context: { tenantId: key.tenantId, keyId: key.id, scopes: key.scopes, limits },
    headers: formatLimitHeaders({ limits, now }),
  };
}

function refusalReply(
  result: Extract<AuthenticateKeyResult, { ok: false }>,
  required: RequiredScopes,
  now: Date,
): HttpReply {
  if (result.reason === "rate_limited") return rateLimitedReply(result, now);
  if (result.reason === "ip_not_allowed") {
    return problemReply("IP_NOT_ALLOWED", "This API key may not be used from this address.");
  }
  if (result.reason === "insufficient_scope") {
    const isAnyOf = "anyOf" in required;
    const scope = (isAnyOf ? required.anyOf : required).join(" ");
    const detail = isAnyOf
      ? `This API key needs one of these scopes: ${scope}.`
      : `This API key lacks: ${result.missingScopes.join(" ")}.`;
    return challenge("INSUFFICIENT_SCOPE", detail, "insufficient_scope", { scope });
  }
  // Unknown, revoked and expired look the same from outside: the difference would help only a guesser.
  return challenge("UNAUTHORIZED", "The API key is not valid.", "invalid_token");
}

function challenge(
  code: "UNAUTHORIZED" | "INVALID_REQUEST" | "INSUFFICIENT_SCOPE",
  detail: string,
  error?: string,
  attributes: Readonly<Record<string, string>> = {},
): HttpReply {
  const parts = Object.entries({ realm: "api", ...(error === undefined ? {} : { error }), ...attributes });
  const value = `Bearer ${parts.map(([name, text]) => `${name}="${text}"`).join(", ")}`;
  return problemReply(code, detail, { headers: { "www-authenticate": value } });
}

function storageOutReply(): HttpReply {
  return problemReply("STORAGE_UNAVAILABLE", "API keys cannot be checked at the moment. Try again shortly.", {
    headers: { "retry-after": String(STORAGE_RETRY_SECONDS), "access-control-expose-headers": "Retry-After" },
  });
}

function refuseUnknownScopes(required: RequiredScopes, known: ReadonlySet<string> | undefined): void {
  if (known === undefined) return;
  const names = "anyOf" in required ? required.anyOf : required;
  const problems = names
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: "/scopes", message: `"${name}" is not a known scope` }));
  if (problems.length > 0) throw new ConfigError(problems);
}
