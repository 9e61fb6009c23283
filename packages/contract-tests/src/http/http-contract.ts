import type { ContractCase } from "../contract-case.js";
import { credentialCases } from "./credential-cases.js";
import { credentialPlaceCases } from "./credential-place-cases.js";
import { doctorCases } from "./doctor-cases.js";
import { errorAnswerCases } from "./error-answer-cases.js";
import { failedAuthenticationCases } from "./failed-authentication-cases.js";
import { foreignBearerCases } from "./foreign-bearer-cases.js";
import { healthCases } from "./health-cases.js";
import { type HttpBench, type HttpBenchOptions, onHttpBench } from "./http-bench.js";
import { limitCases } from "./limit-cases.js";
import { limitSubjectCases } from "./limit-subject-cases.js";
import { apiKeyRouteCases } from "./management/api-key-route-cases.js";
import { deliveryRouteCases } from "./management/delivery-route-cases.js";
import { endpointRouteCases } from "./management/endpoint-route-cases.js";
import { fieldErrorCases } from "./management/field-error-cases.js";
import { managementIdempotencyCases } from "./management/idempotency-cases.js";
import { mannerCases } from "./management/manner-cases.js";
import { openApiCases } from "./management/openapi-cases.js";
import { pageCases } from "./management/page-cases.js";
import { presentationCases } from "./management/presentation-cases.js";
import { principalCases } from "./management/principal-cases.js";
import { tenantIsolationCases } from "./management/tenant-isolation-cases.js";
import { versionCases } from "./management/version-cases.js";
import { networkCases } from "./network-cases.js";
import { outageCases } from "./outage-cases.js";
import { permissionCases } from "./permission-cases.js";
import { principalGuardCases } from "./principal-guard-cases.js";
import { rateLimitCases } from "./rate-limit-cases.js";
import { refusalCases } from "./refusal-cases.js";
import { repeatedGuardCases } from "./repeated-guard-cases.js";
import { webhookBodyCases } from "./webhook-body-cases.js";
import { webhookCases } from "./webhook-cases.js";
import { webhookGuardCases } from "./webhook-guard-cases.js";
import { webhookHandlingCases } from "./webhook-handling-cases.js";
import { webhookProfileCases } from "./webhook-profile-cases.js";

export type HttpContractOptions<Middleware, FrameworkRequest> = HttpBenchOptions<
  Middleware,
  FrameworkRequest
>;

/** The cases of one subject, by name. */
export type HttpCases = <Middleware, FrameworkRequest>() => Readonly<
  Record<string, (bench: HttpBench<Middleware, FrameworkRequest>) => Promise<void>>
>;

/**
 * The promises of an adapter as cases: any framework's adapter can prove itself with them. Each case has a storage, a
 * clock and servers of its own, so they run in any order, and all of them are to be run.
 * @param options.createStorage an empty storage that reads the time of the clock given.
 * @param options.providers all of `@tenon/verify-webhook/providers`.
 * @example
 * for (const { name, run } of httpContract({ framework, createStorage, providers })) test(name, run);
 */
export function httpContract<Middleware, FrameworkRequest>(
  options: HttpContractOptions<Middleware, FrameworkRequest>,
): readonly ContractCase[] {
  const cases: Readonly<Record<string, (bench: HttpBench<Middleware, FrameworkRequest>) => Promise<void>>> = {
    ...credentialCases(),
    ...credentialPlaceCases(),
    ...foreignBearerCases(),
    ...repeatedGuardCases(),
    ...failedAuthenticationCases(),
    ...refusalCases(),
    ...errorAnswerCases(),
    ...doctorCases(),
    ...permissionCases(),
    ...principalGuardCases(),
    ...limitCases(),
    ...limitSubjectCases(),
    ...rateLimitCases(),
    ...networkCases(),
    ...outageCases(),
    ...healthCases(),
    ...webhookCases(),
    ...webhookBodyCases(),
    ...webhookGuardCases(),
    ...webhookHandlingCases(),
    ...webhookProfileCases(),
    ...apiKeyRouteCases(),
    ...principalCases(),
    ...mannerCases(),
    ...fieldErrorCases(),
    ...pageCases(),
    ...versionCases(),
    ...managementIdempotencyCases(),
    ...endpointRouteCases(),
    ...deliveryRouteCases(),
    ...tenantIsolationCases(),
    ...presentationCases(),
    ...openApiCases(),
  };
  return Object.entries(cases).map(([name, use]) => ({ name, run: () => onHttpBench(options, use) }));
}
