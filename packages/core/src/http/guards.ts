import type { JudgeKey } from "../api-keys/authenticate-key.js";
import { type Cidr, isPrivateAddress } from "../network/cidr.js";
import { findClientAddress } from "../network/client-address.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { RateLimit } from "../rate-limit/limit.js";
import type { RateLimiter } from "../rate-limit/rate-limiter.js";
import { type ApiKeyGuard, type ClientAddress, createApiKeyGuard } from "./api-key-guard.js";
import type { HttpSettings } from "./config.js";
import type { KeyLooks } from "./credentials/choose-credential.js";
import { createFailedAuthentications } from "./credentials/failed-authentications.js";
import { FAILED_MAX_ADDRESSES, GOOD_MAX_KEYS } from "./defaults.js";
import { createRequestCheck } from "./doctor/check-request.js";
import type { Doctor } from "./doctor/doctor.js";
import { createBuildWatch } from "./doctor/watch-builds.js";
import { createChargeWatch } from "./doctor/watch-charges.js";
import type { HttpRequestView } from "./exchange.js";
import { createRateLimitGuard, type RateLimitGuard } from "./rate-limit-guard.js";
import { createRefuse } from "./replies/refusal.js";
import { createRequestFindings } from "./request-findings.js";
import type { ApiKeyGuardOptions, RateLimitGuardOptions } from "./schemas.js";

export interface GuardsConfig {
  readonly settings: HttpSettings;
  readonly judgeKey: JudgeKey;
  readonly looksOf: (text: string) => KeyLooks;
  readonly hashKey: (key: string) => string;
  readonly knownScopes: ReadonlySet<string> | undefined;
  readonly defaultLimits: readonly RateLimit[];
  readonly limiter: RateLimiter;
  readonly trustedProxies: readonly Cidr[];
  readonly doctor: Doctor;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What adapters build their middlewares from. All guards of a kit share what they learn of a request. */
export interface Guards {
  apiKeyGuard(options: ApiKeyGuardOptions): ApiKeyGuard;
  rateLimitGuard(options: RateLimitGuardOptions): RateLimitGuard;
}

/** Makes the guards of a kit. */
export function createGuards(config: GuardsConfig): Guards {
  const { settings, judgeKey, looksOf, knownScopes, limiter, trustedProxies, doctor, clock, logger } = config;
  const { credentials, resetFormat, renderRefusal, failedAuthentications } = settings;
  const style = { refuse: createRefuse(renderRefusal), resetFormat, credentials };
  const findings = createRequestFindings();
  const failures =
    failedAuthentications === false
      ? undefined
      : createFailedAuthentications({
          ...failedAuthentications,
          maxAddresses: FAILED_MAX_ADDRESSES,
          maxKeys: GOOD_MAX_KEYS,
          clock,
          hash: config.hashKey,
        });
  const watchCharge = createChargeWatch(doctor);
  const builds = createBuildWatch(doctor);
  const requestCheck = createRequestCheck({
    doctor,
    hasTrustedProxies: trustedProxies.length > 0,
    isKey: (text) => looksOf(text) === "ours",
  });

  function addressOf(request: HttpRequestView): ClientAddress {
    const forwardedFor = request.headerValues("x-forwarded-for").join(",");
    const address = findClientAddress({
      connectionAddress: request.connectionAddress(),
      forwardedFor,
      trustedProxies,
    });
    // A private address that forwards for others is a proxy nobody named: every client stands behind it.
    const isShared = forwardedFor !== "" && address !== undefined && isPrivateAddress(address);
    return { address, isShared };
  }

  function watched<Rest extends readonly unknown[], Result>(
    guard: (request: HttpRequestView, ...rest: Rest) => Result,
  ): (request: HttpRequestView, ...rest: Rest) => Result {
    builds.built();
    return (request, ...rest) => {
      builds.served();
      requestCheck.look(request);
      return guard(request, ...rest);
    };
  }

  return {
    apiKeyGuard: (options) =>
      watched(
        createApiKeyGuard(options, {
          judgeKey,
          looksOf,
          knownScopes,
          defaultLimits: config.defaultLimits,
          addressOf,
          findings,
          failures,
          onNoCredential: requestCheck.lookForKey,
          style,
          clock,
          logger,
        }),
      ),
    rateLimitGuard: (options) =>
      watched(
        createRateLimitGuard(options, {
          limiter,
          addressOf: (request) => addressOf(request).address,
          watchCharge,
          style,
          clock,
        }),
      ),
  };
}
