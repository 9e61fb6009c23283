import type { ApiKey } from "../api-keys/api-key.js";
import type { JudgeKey, KeyJudgement } from "../api-keys/authenticate-key.js";
import type { AuthenticateKeyResult, KeyRefusalReason } from "../api-keys/key-verdict.js";
import type { ScopedLimitInput } from "../api-keys/schemas.js";
import { ConfigError, isTenonError } from "../errors/tenon-error.js";
import { parseConfig } from "../input/parse-input.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { LimitState } from "../rate-limit/describe-limit.js";
import type { RateLimit } from "../rate-limit/limit.js";
import { formatLimitHeaders, type PartitionedLimitState } from "../rate-limit/limit-headers.js";
import type { RequiredScopes } from "../scopes/check-scopes.js";
import { chooseCredential, isForeignBearer, type KeyLooks } from "./credentials/choose-credential.js";
import type { FailedAuthentications } from "./credentials/failed-authentications.js";
import { readCredentials } from "./credentials/read-credentials.js";
import { type HttpReply, type HttpRequestView, isPreflight } from "./exchange.js";
import {
  noCredentialReply,
  refusedKeyReply,
  severalCredentialsReply,
  storageOutReply,
} from "./replies/api-key-replies.js";
import { tooManyFailuresReply } from "./replies/rate-limit-replies.js";
import type { ReplyStyle } from "./replies/reply-style.js";
import type { GuardDecision, RequestContext } from "./request-context.js";
import type { RequestFinding, RequestFindings } from "./request-findings.js";
import { type ApiKeyGuardOptions, apiKeyGuardOptions } from "./schemas.js";

/**
 * Judges a request. `undefined` lets it through unjudged: a CORS preflight, which carries no credentials, or, where
 * the options say so, somebody else's bearer token. A judgement that needed no I/O is there at once.
 */
export type ApiKeyGuard = (request: HttpRequestView) => GuardAnswer | Promise<GuardAnswer>;

type GuardAnswer = GuardDecision<RequestContext> | undefined;

export interface ApiKeyGuardConfig {
  readonly judgeKey: JudgeKey;
  readonly looksOf: (text: string) => KeyLooks;
  readonly knownScopes: ReadonlySet<string> | undefined;
  /** What keys have that were created without limits of their own. */
  readonly defaultLimits: readonly RateLimit[];
  /** The client a request came from, as far as it is known. */
  readonly addressOf: (request: HttpRequestView) => ClientAddress;
  /** What was found out about requests under way, for a second guard on their path. */
  readonly findings: RequestFindings;
  /** Absent: failures aren't counted. */
  readonly failures: FailedAuthentications | undefined;
  /** Told of requests that brought nothing where credentials are read. */
  readonly onNoCredential: (request: HttpRequestView) => void;
  readonly style: ReplyStyle;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ClientAddress {
  readonly address: string | undefined;
  /** Whether others may hide behind the same address: it is then no ground to refuse anyone. */
  readonly isShared: boolean;
}

/**
 * Makes the guard of a route. A request that passes several guards of one kit is looked up once, and each limit is
 * charged once, with the cost of the guard that comes to it first; one with a cost of 0 only looks, and leaves it to the
 * next. Scopes are checked by each.
 * @throws {ConfigError} for a scope that isn't in the registry, or limits that share a name, or have that of one of the
 *   default limits of keys.
 */
export function createApiKeyGuard(options: ApiKeyGuardOptions, config: ApiKeyGuardConfig): ApiKeyGuard {
  const { scopes, cost, limits, foreignBearer } = parseConfig(apiKeyGuardOptions, options);
  const { judgeKey, looksOf, findings, failures, style, clock, logger } = config;
  refuseUnknownScopes(scopes, config.knownScopes);
  if (typeof limits !== "function") refuseClashes(limits, config.defaultLimits);

  return (request) => {
    if (isPreflight(request)) return undefined;
    const presented = readCredentials(request, style.credentials);
    if (foreignBearer === "pass" && isForeignBearer(presented, looksOf)) return undefined;
    const credential = chooseCredential(presented, looksOf);
    if (credential.kind === "several") return refuse(severalCredentialsReply(style));
    if (credential.kind === "none") {
      config.onNoCredential(request);
      return refuse(noCredentialReply(style));
    }

    const key = credential.text;
    const finding = findings.get(request);
    const earlier = finding?.key === key ? finding : undefined;
    const call: JudgedCall = { request, key, earlier, client: undefined };
    const waitSeconds =
      earlier === undefined ? (failures?.waitSeconds(() => countedAddress(call), key) ?? 0) : 0;
    if (waitSeconds > 0) return refuse(tooManyFailuresReply(waitSeconds, clock.now(), style));

    const clientAddress = () => clientOf(call).address;
    let judged: KeyJudgement | Promise<KeyJudgement>;
    try {
      judged = judgeKey({ key, scopes, cost, limits, clientAddress }, earlier);
    } catch (error) {
      return refuseWithoutStorage(error);
    }
    if (!("then" in judged)) return conclude(judged, call);
    // Looked up now: once the connection is closed, nobody knows its address, and a failure would count against none.
    clientOf(call);
    return judged.then((judgement) => conclude(judgement, call), refuseWithoutStorage);
  };

  function clientOf(call: JudgedCall): ClientAddress {
    call.client ??= config.addressOf(call.request);
    return call.client;
  }

  /** The address that a failure counts against. */
  function countedAddress(call: JudgedCall): string | undefined {
    const { address, isShared } = clientOf(call);
    return isShared ? undefined : address;
  }

  function conclude({ result, known }: KeyJudgement, call: JudgedCall): GuardDecision<RequestContext> {
    const { request, key, earlier } = call;
    if (isUnauthenticated(result)) {
      const counted = countedAddress(call);
      const isSpent = failures?.recordFailure(counted, known);
      if (isSpent) logger.warn({ address: counted }, "too many failed authentications from one address");
    } else if (known !== undefined) failures?.recordSuccess(known);
    const now = clock.now();
    if (!result.ok) return refuse(refusedKeyReply(result, scopes, now, style));

    if (known !== undefined) {
      const alreadyCharged = earlier?.limits ?? NOTHING_CHARGED;
      findings.set(request, { key, known, limits: cost === 0 ? alreadyCharged : result.limits });
    }
    const charged = earlier === undefined ? result.limits : result.limits.slice(earlier.limits.length);
    return {
      ok: true,
      context: toContext(result.key, result.limits),
      headers: formatLimitHeaders({ limits: charged, now, resetFormat: style.resetFormat }),
    };
  }

  /** Logged where it was noticed: by the judge, or, of a limit that is `closed`, by the limiter. */
  function refuseWithoutStorage(error: unknown): GuardDecision<RequestContext> {
    if (!isTenonError(error) || error.code !== "STORAGE_UNAVAILABLE") throw error;
    return refuse(storageOutReply(style));
  }
}

interface JudgedCall {
  readonly request: HttpRequestView;
  readonly key: string;
  readonly earlier: RequestFinding | undefined;
  /** Found when somebody asks: few calls need it. */
  client: ClientAddress | undefined;
}

function toContext(key: ApiKey, limits: readonly LimitState[]): RequestContext {
  const { tenantId, id, name, environment, ownerId, scopes, metadata } = key;
  return { tenantId, keyId: id, keyName: name, environment, ownerId, scopes, metadata, limits };
}

/** Whether nobody was recognised: an answer of 401, unlike a key that may not do this, or not from here, or not now. */
function isUnauthenticated(result: AuthenticateKeyResult): boolean {
  return !result.ok && !RECOGNISED.has(result.reason);
}

const RECOGNISED: ReadonlySet<KeyRefusalReason> = new Set([
  "ip_not_allowed",
  "insufficient_scope",
  "rate_limited",
]);

const NOTHING_CHARGED: readonly PartitionedLimitState[] = [];

function refuse(reply: HttpReply): GuardDecision<RequestContext> {
  return { ok: false, reply };
}

/** Known here and now: the key's own limit would win, and the route's would count nothing. */
function refuseClashes(limits: readonly ScopedLimitInput[], defaults: readonly RateLimit[]): void {
  const taken = new Set(defaults.map(({ name }) => name));
  const problems = limits.flatMap(({ name, per = "key" }, index) =>
    per === "key" && taken.has(name)
      ? [{ pointer: `/limits/${index}/name`, message: `"${name}" is one of the default limits of keys` }]
      : [],
  );
  if (problems.length > 0) throw new ConfigError(problems);
}

function refuseUnknownScopes(required: RequiredScopes, known: ReadonlySet<string> | undefined): void {
  if (known === undefined) return;
  const names = "anyOf" in required ? required.anyOf : required;
  const problems = names
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: "/scopes", message: `"${name}" is not a known scope` }));
  if (problems.length > 0) throw new ConfigError(problems);
}
