import { isTenonError } from "../errors/tenon-error.js";
import type { ApiKeyRecord, ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { KeyUsageOutcome } from "../ports/key-usage-store.js";
import type { Logger } from "../ports/logger.js";
import type { ChargePlan, PlanCharges } from "../rate-limit/charge-plan.js";
import type { PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { RateLimitVerdict } from "../rate-limit/limit-verdict.js";
import { couldBeKeyText, type KeyFormats, recognizeKeyText } from "./accepted-formats.js";
import type { ApiKey } from "./api-key.js";
import { checkAuthenticateRequest } from "./check-authenticate-request.js";
import { hashKey } from "./hash-key.js";
import type { KeyCache } from "./key-cache.js";
import { createKeyPlanner, type ScopedLimit, usualPlan } from "./key-limits.js";
import type {
  AuthenticateKeyRequest,
  AuthenticateKeyResult,
  JudgeRequest,
  KnownKeyResult,
} from "./key-verdict.js";
import { type KnownKey, showKnownKey } from "./known-key.js";
import { createLimitsReader } from "./read-route-limits.js";
import { refuseKey } from "./refuse-key.js";
import type { ScopedLimitInput } from "./schemas.js";

export interface KeyAuthenticatorConfig extends KeyFormats {
  readonly store: ApiKeyStore;
  readonly cache: KeyCache;
  readonly wildcardScopes: boolean;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly logger: Logger;
  /** Told how each call with a known key ended, and when it came. */
  readonly onVerdict: (known: KnownKey, outcome: KeyUsageOutcome, at: Date) => void;
  readonly planCharges: PlanCharges;
  /** Charges all limits of all subjects, or none. */
  readonly consume: (plan: ChargePlan, now: Date) => RateLimitVerdict | Promise<RateLimitVerdict>;
}

/**
 * Judges a key's text and charges its limits, and those of the request, when nothing else stands against the call. What
 * is wrong with a key is a `reason`, not an error.
 * @throws {ValidationError} for a request that breaks a rule: a cost below 0, a member that doesn't exist …
 * @throws {StorageError} when the key must be looked up and cannot be, or a limit is `closed` and cannot be counted.
 */
export type AuthenticateKey = (request: AuthenticateKeyRequest) => Promise<AuthenticateKeyResult>;

/** A judgement together with what it rests on; no key where none was found. */
export interface KeyJudgement {
  readonly result: AuthenticateKeyResult;
  readonly known: KnownKey | undefined;
}

/** What was found out earlier about the key of the same call: it isn't looked up again, nor are these limits charged. */
export interface EarlierFinding {
  readonly known: KnownKey;
  readonly limits: readonly PartitionedLimitState[];
}

/**
 * Judges a key text; with an earlier finding, `limits` of the result begin with those already charged. A judgement that
 * needed no I/O is there at once: a promise for each step of a warm call took longer than the call.
 */
export type JudgeKey = (
  request: JudgeRequest,
  earlier?: EarlierFinding,
) => KeyJudgement | Promise<KeyJudgement>;

const NO_LIMITS: readonly ScopedLimitInput[] = [];
const NO_LIMITS_READ: readonly ScopedLimit[] = [];
const NOTHING_CHARGED: readonly PartitionedLimitState[] = [];
const MALFORMED = judgementWithoutKey("malformed");
const UNKNOWN = judgementWithoutKey("unknown");

function judgementWithoutKey(reason: "malformed" | "unknown"): KeyJudgement {
  return { result: Object.freeze({ ok: false, reason }), known: undefined };
}

/**
 * Makes the function that judges a key text: form, record, status, address, scopes and, last, limits, so that a
 * refused call never spends quota. It fails, at once or by a rejection, with `StorageError` when the key must be looked
 * up and cannot be, which is logged, or when a limit is `closed` while it cannot be counted.
 */
export function createKeyJudge(config: KeyAuthenticatorConfig): JudgeKey {
  const { cache, clock, crypto, planCharges, consume, onVerdict, store, logger } = config;
  const readLimits = createLimitsReader();
  const planForKey = createKeyPlanner(planCharges);

  return (request, earlier) => {
    const { key } = request;
    if (!couldBeKeyText(config, key)) return MALFORMED;
    // Read once: a warm call is over in the time that a few looks at the clock take.
    const now = clock.now();
    if (earlier !== undefined) return judge(earlier.known, request, now, earlier);
    const hash = hashKey(key, crypto);
    const cached = cache.get(hash, now);
    if (cached !== undefined) return cached.record === undefined ? UNKNOWN : judge(cached, request, now);
    // Only texts that passed this were ever looked up: a hash that is in the cache needn't be judged by its text again.
    return recognizeKeyText(config, key).ok ? lookUpAndJudge(hash, request) : MALFORMED;
  };

  async function lookUpAndJudge(hash: string, request: JudgeRequest): Promise<KeyJudgement> {
    const known = await cache.fill(hash, () => lookUp(hash));
    return known === undefined ? UNKNOWN : judge(known, request, clock.now());
  }

  async function lookUp(hash: string): Promise<ApiKeyRecord | undefined> {
    try {
      return await store.findByHash({ hash });
    } catch (error) {
      if (isTenonError(error) && error.code === "STORAGE_UNAVAILABLE")
        logger.error({ err: error }, "an API key could not be looked up: the storage is out");
      throw error;
    }
  }

  function judge(
    known: KnownKey,
    request: JudgeRequest,
    now: Date,
    earlier?: EarlierFinding,
  ): KeyJudgement | Promise<KeyJudgement> {
    const { cost = 1, limits = NO_LIMITS, clientAddress } = request;
    const alreadyCharged = earlier?.limits ?? NOTHING_CHARGED;
    const apiKey = showKnownKey(known, now);
    const status = known.lastingStatus ?? apiKey.status;
    const refusal = refuseKey(known, status, request, config.wildcardScopes);
    if (refusal !== undefined) return conclude(known, refusal, now, earlier);

    const asked =
      limits === NO_LIMITS
        ? NO_LIMITS_READ
        : readLimits(typeof limits === "function" ? limits(apiKey) : limits);
    const plan =
      usualPlan(known, asked, cost, alreadyCharged) ??
      planForKey(known, { limits: asked, cost, clientAddress, alreadyCharged });
    if (plan.charges.length === 0)
      return conclude(known, { ok: true, key: apiKey, limits: alreadyCharged }, now, earlier);
    const verdict = consume(plan, now);
    if (!("then" in verdict)) return conclude(known, resultOf(apiKey, verdict, alreadyCharged), now, earlier);
    return verdict.then((charged) =>
      conclude(known, resultOf(apiKey, charged, alreadyCharged), now, earlier),
    );
  }

  function conclude(
    known: KnownKey,
    result: KnownKeyResult,
    now: Date,
    earlier: EarlierFinding | undefined,
  ): KeyJudgement {
    // A call that passed one guard already was counted there: only a refusal is news.
    if (earlier === undefined || !result.ok) onVerdict(known, result.ok ? "accepted" : result.reason, now);
    return { result, known };
  }
}

/** Checks and answers hosts, by a promise: it makes no other for a judgement that is there at once. */
export function authenticateBy(judgeKey: JudgeKey): AuthenticateKey {
  return (request) => {
    let judged: KeyJudgement | Promise<KeyJudgement>;
    try {
      checkAuthenticateRequest(request);
      judged = judgeKey(request);
    } catch (error) {
      return Promise.reject(error);
    }
    return "then" in judged ? judged.then(({ result }) => result) : Promise.resolve(judged.result);
  };
}

function resultOf(
  key: ApiKey,
  { allowed, limits, retryAfterSeconds }: RateLimitVerdict,
  alreadyCharged: readonly PartitionedLimitState[],
): KnownKeyResult {
  if (!allowed) return { ok: false, reason: "rate_limited", limits, retryAfterSeconds };
  return { ok: true, key, limits: alreadyCharged.length === 0 ? limits : [...alreadyCharged, ...limits] };
}
