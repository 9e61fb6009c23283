import { ValidationError } from "../errors/tenon-error.js";
import { parseInput } from "../input/parse-input.js";
import { type Cidr, isInRanges, parseCidr } from "../network/cidr.js";
import type { ApiKeyRecord, ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { KeyUsageOutcome } from "../ports/key-usage-store.js";
import type { PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { RateLimitVerdict, SubjectCharge } from "../rate-limit/limit-verdict.js";
import { checkScopes, type RequiredScopes } from "../scopes/check-scopes.js";
import { couldBeKeyText, type KeyFormats, recognizeKeyText } from "./accepted-formats.js";
import { type ApiKey, toApiKey } from "./api-key.js";
import { hashKey } from "./hash-key.js";
import type { KeyCache } from "./key-cache.js";
import { chargesForKey, type ScopedLimit } from "./key-limits.js";
import { routeLimits, type ScopedLimitInput } from "./schemas.js";

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

export interface KeyAuthenticatorConfig extends KeyFormats {
  readonly store: ApiKeyStore;
  readonly cache: KeyCache;
  readonly wildcardScopes: boolean;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Told how each call with a known key ended, and when it came. */
  readonly onVerdict: (record: ApiKeyRecord, outcome: KeyUsageOutcome, at: Date) => void;
  /** Charges all limits of all subjects, or none. */
  readonly consume: (request: { readonly charges: readonly SubjectCharge[] }) => Promise<RateLimitVerdict>;
}

export type AuthenticateKey = (request: AuthenticateKeyRequest) => Promise<AuthenticateKeyResult>;

const NO_LIMITS: readonly ScopedLimitInput[] = [];
const NO_SCOPES: RequiredScopes = [];
const NOTHING_CHARGED: readonly PartitionedLimitState[] = [];

/** A judgement together with what it rests on; no record where none was found. */
export interface KeyJudgement {
  readonly result: AuthenticateKeyResult;
  readonly record: ApiKeyRecord | undefined;
}

const MALFORMED = judgementWithoutKey("malformed");
const UNKNOWN = judgementWithoutKey("unknown");

function judgementWithoutKey(reason: "malformed" | "unknown"): KeyJudgement {
  return { result: Object.freeze({ ok: false, reason }), record: undefined };
}

/** What was found out earlier about the key of the same call: it isn't looked up again, nor are these limits charged. */
export interface EarlierFinding {
  readonly record: ApiKeyRecord;
  readonly limits: readonly PartitionedLimitState[];
}

/** Judges a key text; with an earlier finding, `limits` of the result begin with those already charged. */
export type JudgeKey = (request: AuthenticateKeyRequest, earlier?: EarlierFinding) => Promise<KeyJudgement>;

/**
 * Makes the function that judges a key text: form, record, status, address, scopes and, last, limits, so that a
 * refused call never spends quota. Rejects with `StorageError` when the key must be looked up and cannot be.
 */
export function createKeyJudge(config: KeyAuthenticatorConfig): JudgeKey {
  const { cache, clock, crypto, consume, onVerdict, store } = config;
  const parseLimits = createLimitsParser();

  return async (request, earlier) => {
    const { key, cost = 1, limits = NO_LIMITS, clientAddress } = request;
    if (typeof key !== "string") throw new ValidationError([{ pointer: "/key", message: "must be text" }]);
    if (!couldBeKeyText(config, key)) return MALFORMED;
    // Read once: a warm call is over in the time that a few looks at the clock take.
    const now = clock.now();
    const known = earlier ?? cache.get(hashKey(key, crypto), now);
    // Only texts that passed this were ever looked up: a hash that is in the cache needn't be judged by its text again.
    if (known === undefined && !recognizeKeyText(config, key).ok) return MALFORMED;
    const record = known === undefined ? await lookUp(hashKey(key, crypto)) : known.record;
    if (record === undefined) return UNKNOWN;

    const alreadyCharged = earlier?.limits ?? NOTHING_CHARGED;
    const apiKey = toApiKey(record, now);
    let result: KnownKeyResult | undefined = refuseKey(apiKey, record, request, config.wildcardScopes);
    if (result === undefined) {
      const asked = parseLimits(typeof limits === "function" ? limits(apiKey) : limits);
      const charges = chargesForKey({ record, limits: asked, cost, clientAddress, alreadyCharged });
      const verdict = charges.length === 0 ? undefined : await consume({ charges });
      result = conclude(apiKey, verdict, alreadyCharged);
    }
    // A call that passed one guard already was counted there: only a refusal is news.
    if (earlier === undefined || !result.ok) onVerdict(record, result.ok ? "accepted" : result.reason, now);
    return { result, record };
  };

  function lookUp(hash: string): Promise<ApiKeyRecord | undefined> {
    return cache.fill(hash, () => store.findByHash({ hash }));
  }
}

/** What stands against a call with a key, whatever its limits say. */
function refuseKey(
  { status }: ApiKey,
  record: ApiKeyRecord,
  { scopes = NO_SCOPES, clientAddress }: AuthenticateKeyRequest,
  wildcards: boolean,
): KnownKeyResult | undefined {
  if (status !== "active") return { ok: false, reason: status };
  if (!isAddressAllowed(record, clientAddress)) return { ok: false, reason: "ip_not_allowed" };
  const grant = checkScopes({ granted: record.scopes, required: scopes, wildcards });
  return grant.ok ? undefined : { ok: false, reason: "insufficient_scope", missingScopes: grant.missing };
}

function conclude(
  key: ApiKey,
  verdict: RateLimitVerdict | undefined,
  alreadyCharged: readonly PartitionedLimitState[],
): KnownKeyResult {
  if (verdict === undefined) return { ok: true, key, limits: alreadyCharged };
  const { allowed, limits, retryAfterSeconds } = verdict;
  if (!allowed) return { ok: false, reason: "rate_limited", limits, retryAfterSeconds };
  return { ok: true, key, limits: alreadyCharged.length === 0 ? limits : [...alreadyCharged, ...limits] };
}

/** The ranges of records, which don't change. */
const allowedRanges = /* @__PURE__ */ new WeakMap<ApiKeyRecord, readonly Cidr[]>();

function isAddressAllowed(record: ApiKeyRecord, clientAddress: string | undefined): boolean {
  if (record.ipAllowlist.length === 0) return true;
  let ranges = allowedRanges.get(record);
  if (ranges === undefined) {
    ranges = record.ipAllowlist.map(parseCidr).filter((range) => range !== undefined);
    allowedRanges.set(record, ranges);
  }
  return clientAddress !== undefined && isInRanges(clientAddress, ranges);
}

/** Checks limits once for each array: they are a route's or a plan's, and the same at every call. */
function createLimitsParser(): (limits: readonly ScopedLimitInput[]) => readonly ScopedLimit[] {
  const parsed = new WeakMap<readonly ScopedLimitInput[], readonly ScopedLimit[]>();
  return (limits) => {
    const known = parsed.get(limits);
    if (known !== undefined) return known;
    const checked = parseInput(routeLimits, { limits }).limits;
    parsed.set(limits, checked);
    return checked;
  };
}
