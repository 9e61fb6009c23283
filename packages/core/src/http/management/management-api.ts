import { parseConfig } from "../../input/parse-input.js";
import type { Tenon, TenonServices } from "../../tenon.js";
import type { HttpReply } from "../exchange.js";
import { describeApi } from "../openapi/describe-api.js";
import type { OpenApiDocument } from "../openapi/document.js";
import { type OpenApiOptions, type OpenApiSettings, openApiOptions } from "../openapi/options.js";
import { createServedPages, type ServedPage } from "../openapi/serving/served-pages.js";
import { callRoute } from "./call-route.js";
import { createCors } from "./cors.js";
import type { ManagementReads } from "./management-kit.js";
import { createMatcher, type Match } from "./matching/match-route.js";
import { type ManagementApiOptions, managementApiOptions } from "./options.js";
import { type PresentedRoute, presentRoutes } from "./presentation/present-routes.js";
import { createPrincipalJudge } from "./principal/judge-principal.js";
import { createManagementRefuse, describeErrors } from "./replies/management-refusal.js";
import { createErrorRefusal } from "./replies/refuse-error.js";
import { findFurtherProblems } from "./requests/find-further-problems.js";
import type { ManagementRequest } from "./requests/management-request.js";
import { locateProblems, readInput } from "./requests/read-input.js";
import { readJson } from "./requests/read-json.js";
import { readRequestId } from "./requests/request-id.js";
import { MANAGEMENT_ROUTES } from "./routes/all-routes.js";

/** The kit, as far as the management API uses it. */
export type ManagementTenon = Pick<Tenon, keyof TenonServices | keyof ManagementReads | "actingAs" | "http">;

/** The management API of one host, for any framework. */
export interface ManagementApi<Request> {
  /** Every route, as the host's API has it. */
  readonly routes: readonly PresentedRoute[];
  /**
   * Describes the API as it is presented here, and the webhooks it sends (OpenAPI 3.1). The result is plain JSON.
   * @throws {ConfigError} for options that break a rule.
   * @see https://spec.openapis.org/oas/v3.1.1.html
   */
  openapi(options: OpenApiOptions): OpenApiDocument;
  /**
   * Answers a request; undefined where its path is none of the API's, or it is an `OPTIONS` that the host answers.
   * Rejects with what the host's `principal` throws, and for faults of the server, such as a storage that fails.
   */
  handle(request: ManagementRequest<Request>): Promise<HttpReply | undefined>;
}

/**
 * Makes the management API: keys, endpoints, deliveries and the rest over HTTP, for whoever the host says is calling.
 * @throws {ConfigError} for options that break a rule, or name what isn't there.
 */
export function createManagementApi<Request>(
  tenon: ManagementTenon,
  options: ManagementApiOptions<Request>,
): ManagementApi<Request> {
  const { maxBodyBytes, lists, openapi } = parseConfig(managementApiOptions, options);
  const kit = tenon.http.management;
  const replies = { lists, envelope: options.envelope };
  const routes = presentRoutes(MANAGEMENT_ROUTES, options.routes ?? {}, replies);
  const renderRefusal = options.renderRefusal ?? kit.renderRefusal;
  const refuse = createManagementRefuse(renderRefusal);
  const refuseError = createErrorRefusal(refuse, kit.logger);
  const judge = createPrincipalJudge(options.principal, refuse);
  const described = {
    routes,
    replies,
    refuse,
    isRendered: renderRefusal !== undefined,
    webhooks: kit.webhooks,
  };
  const describe = (settings: OpenApiSettings) =>
    describeApi({ ...described, eventTypes: tenon.eventTypes.list() }, settings);
  const pages = openapi === undefined ? [] : createServedPages(openapi, () => describe(openapi));
  const match = createMatcher<PresentedRoute | ServedPage>([...routes, ...pages]);
  const cors = options.cors && createCors(options.cors);

  async function answer(
    request: ManagementRequest<Request>,
    matched: Exclude<Match<PresentedRoute | ServedPage>, { kind: "none" }>,
    requestId: string,
  ): Promise<HttpReply> {
    const { view } = request;
    if (matched.kind === "other_method") {
      const allow = matched.allow.join(", ");
      return refuse("METHOD_NOT_ALLOWED", `This path takes ${allow}.`, { headers: { Allow: allow } });
    }
    const { route: presented, params } = matched;
    if ("access" in presented && presented.access === "public") return presented.reply(request.basePath);
    const permission = "access" in presented ? undefined : presented.route.permission;
    const decision = await judge(request.context, permission);
    if (!decision.ok) return decision.reply;
    if ("access" in presented) return presented.reply(request.basePath);
    const principal = decision.context;

    let bodyValue: unknown;
    if (presented.body !== undefined) {
      const body = await request.readBody(maxBodyBytes);
      const read = readJson(body, view, maxBodyBytes);
      if (!read.ok) return refuse(read.code, read.detail);
      bodyValue = read.value;
    }
    const queryText = view.url().split("?").slice(1).join("?");
    const read = readInput(presented, { params, queryText, bodyValue });
    if (!read.ok) {
      const call = { route: presented.route, principal, fitting: read.fitting };
      const further = await findFurtherProblems(kit, call);
      const errors = [...read.errors, ...locateProblems(presented, further)];
      return refuse("VALIDATION_FAILED", describeErrors(errors), { errors });
    }
    try {
      const call = { request, presented, principal, input: read.input, queryText, requestId };
      return await callRoute({ tenon, kit, replies }, call);
    } catch (error) {
      const refused = refuseError(error, (problems) => locateProblems(presented, problems));
      if (refused === undefined) throw error;
      return refused;
    }
  }

  return {
    routes,
    openapi: (options) => describe(parseConfig(openApiOptions, options)),
    async handle(request) {
      const { view } = request;
      const matched = match(view.method, request.path);
      if (matched.kind === "none") return undefined;
      if (view.method === "OPTIONS") {
        return matched.kind === "other_method" ? cors?.preflight(view, matched.allow) : undefined;
      }
      const requestId = readRequestId(view, kit.random);
      const reply = await answer(request, matched, requestId);
      const { status, body } = reply;
      const headers = { "X-Request-Id": requestId, ...reply.headers, ...cors?.headers(view) };
      return body === undefined || view.method === "HEAD" ? { status, headers } : { status, headers, body };
    },
  };
}
