import type { AddressSource } from "../network/client-address.js";
import type { PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { RequiredScopes } from "../scopes/check-scopes.js";
import type { ApiKey } from "./api-key.js";
import type { ScopedLimitInput } from "./schemas.js";

export interface AuthenticateKeyRequest {
  /** The key text as it came: untrusted, of any length. */
  readonly key: string;
  /** Scopes the call needs: all of the list, or any of `anyOf`. Default: none. */
  readonly scopes?: RequiredScopes;
  /** Units taken from every limit; default 1, 0 takes none. */
  readonly cost?: number;
  /**
   * Limits beside the key's own, or a function that gives them for the key (plans; it is checked once for each array
   * it returns, so return the same one again). Where the names of a key's limits clash, its own wins.
   */
  readonly limits?: LimitsForKey;
  /** The caller's IP address, needed by keys with an allowlist. */
  readonly clientAddress?: string;
}

/** A request as its judge reads it. */
export interface JudgeRequest extends Omit<AuthenticateKeyRequest, "clientAddress"> {
  readonly clientAddress?: AddressSource;
}

/** What a route adds to a key's own limits. */
export type LimitsForKey = readonly ScopedLimitInput[] | ((key: ApiKey) => readonly ScopedLimitInput[]);

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

/** A verdict on a text that may be no key at all. */
export type AuthenticateKeyResult =
  | KnownKeyResult
  | { readonly ok: false; readonly reason: "malformed" | "unknown" };

/** A verdict on a key that is there. */
export type KnownKeyResult =
  | { readonly ok: true; readonly key: ApiKey; readonly limits: readonly PartitionedLimitState[] }
  | {
      readonly ok: false;
      readonly reason: Exclude<
        KeyRefusalReason,
        "malformed" | "unknown" | "insufficient_scope" | "rate_limited"
      >;
    }
  | { readonly ok: false; readonly reason: "insufficient_scope"; readonly missingScopes: readonly string[] }
  | {
      readonly ok: false;
      readonly reason: "rate_limited";
      readonly limits: readonly PartitionedLimitState[];
      /** Whole seconds until this call would be accepted; undefined when its cost exceeds a limit for good. */
      readonly retryAfterSeconds: number | undefined;
    };
