import type { Tenon } from "@tenon/core";
import type {
  ApiKeyGuardOptions,
  EventSchemas,
  ManagementApiOptions,
  Principal,
  PrincipalGuardOptions,
  RateLimitGuardOptions,
  ReceivedWebhook,
  RequestContext,
  WebhookGuardOptions,
  WebhookReceiverOptions,
} from "@tenon/core/http";

/** A route of an app under test: middlewares, and then a JSON answer. */
export interface HttpRoute<Middleware> {
  readonly method: "GET" | "POST" | "OPTIONS";
  readonly path: string;
  readonly middlewares: readonly Middleware[];
  /** What is sent as JSON with status 200, given what the guards left for the route. It may throw. */
  readonly answer?: (
    context: RequestContext | undefined,
    webhook: ReceivedWebhook | undefined,
    principal: Principal | undefined,
  ) => unknown;
}

/** An app, told apart from any framework. */
export interface HttpApp<Middleware> {
  readonly routes: readonly HttpRoute<Middleware>[];
  /** Middlewares for a path and everything below it, as the framework mounts them; the root is an empty path. */
  readonly mounts: readonly { readonly path: string; readonly middleware: Middleware }[];
  /** Run before every route, as the framework's `app.use` has it. */
  readonly appMiddlewares: readonly Middleware[];
  /** Whether the framework's usual JSON parser runs before every route. */
  readonly parsesJsonFirst: boolean;
  /** Set on every reply as `Access-Control-Expose-Headers`, before the routes run. */
  readonly exposedHeaders: string | undefined;
  /** The kit whose `answerErrors` answers what routes throw. Undefined: `onError` is told. */
  readonly errorsAnsweredBy: Tenon | undefined;
  /** Called by the app's own error handler, which then answers 500. */
  readonly onError: (error: unknown) => void;
}

export interface ServedApp {
  readonly port: number;
  close(): Promise<void>;
}

/** What an adapter brings to be tested: its middlewares, and how its framework serves an app on 127.0.0.1. */
export interface HttpFramework<Middleware, FrameworkRequest> {
  requireApiKey(tenon: Tenon, options?: ApiKeyGuardOptions): Middleware;
  requirePrincipal(tenon: Tenon, options: PrincipalGuardOptions<FrameworkRequest>): Middleware;
  rateLimit(
    tenon: Tenon,
    options: RateLimitGuardOptions & {
      readonly subject?: (request: FrameworkRequest) => string | undefined;
    },
  ): Middleware;
  managementApi(tenon: Tenon, options: ManagementApiOptions<FrameworkRequest>): Middleware;
  webhookReceiver(options: WebhookReceiverOptions<FrameworkRequest, EventSchemas, unknown>): Middleware;
  requireWebhook(options: WebhookGuardOptions<FrameworkRequest>): Middleware;
  healthCheck(tenon: Tenon): Middleware;
  readinessCheck(tenon: Tenon): Middleware;
  readHeader(request: FrameworkRequest, name: string): string | undefined;
  serve(app: HttpApp<Middleware>): Promise<ServedApp>;
}
