import { ValidationError } from "../errors/tenon-error.js";
import { isInRanges, parseCidr } from "../network/cidr.js";
import type { ApiKeyRecord, ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { LimitState } from "../rate-limit/describe-limit.js";
import type { RateLimit } from "../rate-limit/limit.js";
import { checkScopes, type RequiredScopes } from "../scopes/check-scopes.js";
import { type ApiKey, toApiKey } from "./api-key.js";
import { hashKey } from "./hash-key.js";
import type { KeyCache } from "./key-cache.js";
import { type KeyFormat, parseKeyText } from "./key-format.js";

export interface AuthenticateKeyRequest {
  /** The key text as it came: untrusted, of any length. */
  readonly key: string;
  /** Scopes the call needs: all of the list, or any of `anyOf`. Default: none. */
  readonly scopes?: RequiredScopes;
  /** Units taken from every limit; default 1, 0 takes none. */
  readonly cost?: number;
  /** Limits beside the key's own; where a name clashes, the key's own wins. */
  readonly limits?: readonly RateLimit[];
  /** The caller's IP address, needed by keys with an allowlist. */
  readonly clientAddress?: string;
}

export type KeyRefusalReason =
  | "malformed"
  | "unknown"
  | "revoked"
  | "disabled"
  | "expired"
  | "not_yet_valid"
  | "ip_not_allowed"
  | "insufficient_scope"
  | "rate_limited";

export type AuthenticateKeyResult =
  | { readonly ok: true; readonly key: ApiKey; readonly limits: readonly LimitState[] }
  | { readonly ok: false; readonly reason: Exclude<KeyRefusalReason, "insufficient_scope" | "rate_limited"> }
  | { readonly ok: false; readonly reason: "insufficient_scope"; readonly missingScopes: readonly string[] }
  | {
      readonly ok: false;
      readonly reason: "rate_limited";
      readonly limits: readonly LimitState[];
      /** Whole seconds until this call would be accepted; undefined when its cost exceeds a limit for good. */
      readonly retryAfterSeconds: number | undefined;
    };

export interface LimitVerdict {
  readonly allowed: boolean;
  readonly limits: readonly LimitState[];
  readonly retryAfterSeconds: number | undefined;
}

export interface KeyAuthenticatorConfig {
  readonly store: ApiKeyStore;
  readonly format: KeyFormat;
  readonly cache: KeyCache;
  readonly wildcardScopes: boolean;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Charges all limits of a subject, or none. */
  readonly consume: (request: {
    readonly subject: string;
    readonly cost: number;
    readonly limits: readonly RateLimit[];
  }) => Promise<LimitVerdict>;
}

export type AuthenticateKey = (request: AuthenticateKeyRequest) => Promise<AuthenticateKeyResult>;

/**
 * Makes the function that judges a key text: form, record, status, address, scopes and, last, limits, so that a
 * refused call never spends quota. Rejects with `StorageError` when the key must be looked up and cannot be.
 */
export function createKeyAuthenticator(config: KeyAuthenticatorConfig): AuthenticateKey {
  const { format, wildcardScopes, clock, crypto, consume } = config;

  return async ({ key, scopes = [], cost = 1, limits = [], clientAddress }) => {
    if (typeof key !== "string") throw new ValidationError([{ pointer: "/key", message: "must be text" }]);
    if (!parseKeyText(format, key).ok) return { ok: false, reason: "malformed" };
    const record = await lookUp(hashKey(key, crypto), config);
    if (record === undefined) return { ok: false, reason: "unknown" };
    const apiKey = toApiKey(record, clock.now());
    if (apiKey.status !== "active") return { ok: false, reason: apiKey.status };
    if (!isAddressAllowed(record, clientAddress)) return { ok: false, reason: "ip_not_allowed" };
    const grant = checkScopes({ granted: record.scopes, required: scopes, wildcards: wildcardScopes });
    if (!grant.ok) return { ok: false, reason: "insufficient_scope", missingScopes: grant.missing };

    const charged = withoutClashes(record.limits, limits);
    if (charged.length === 0) return { ok: true, key: apiKey, limits: [] };
    const verdict = await consume({ subject: keySubject(record), cost, limits: charged });
    return verdict.allowed
      ? { ok: true, key: apiKey, limits: verdict.limits }
      : {
          ok: false,
          reason: "rate_limited",
          limits: verdict.limits,
          retryAfterSeconds: verdict.retryAfterSeconds,
        };
  };
}

async function lookUp(
  hash: string,
  { cache, store }: KeyAuthenticatorConfig,
): Promise<ApiKeyRecord | undefined> {
  const cached = cache.get(hash);
  if (cached !== undefined) return cached.record;
  const fill = cache.beginFill(hash);
  const record = await store.findByHash({ hash });
  fill(record);
  return record;
}

function isAddressAllowed({ ipAllowlist }: ApiKeyRecord, clientAddress: string | undefined): boolean {
  if (ipAllowlist.length === 0) return true;
  const ranges = ipAllowlist.map(parseCidr).filter((range) => range !== undefined);
  return clientAddress !== undefined && isInRanges(clientAddress, ranges);
}

function withoutClashes(own: readonly RateLimit[], added: readonly RateLimit[]): readonly RateLimit[] {
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...added.filter(({ name }) => !names.has(name))];
}

function keySubject({ tenantId, id }: ApiKeyRecord): string {
  return `key:${tenantId}:${id}`;
}
