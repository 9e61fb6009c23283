export { parseInput } from "../input/parse-input.js";
export type { ApiKeyGuard } from "./api-key-guard.js";
export type { DoctorConfig, HttpConfig } from "./config.js";
export type { CredentialPlace } from "./credentials/read-credentials.js";
export type { DoctorWarning } from "./doctor/warnings.js";
export { type AnswerError, createErrorAnswer } from "./error-answer.js";
export type { HttpReply, HttpRequestView, RequestNotes } from "./exchange.js";
export type { CorsOptions } from "./management/cors.js";
export {
  createManagementApi,
  type ManagementApi,
  type ManagementTenon,
} from "./management/management-api.js";
export type { ManagementKit } from "./management/management-kit.js";
export type { ManagementApiOptions } from "./management/options.js";
export { type PresentedRoute, paramsSchema } from "./management/presentation/present-routes.js";
export type {
  Envelope,
  FieldForm,
  FieldPresentation,
  FieldWords,
  ReplyPresentation,
  ResourcePresentation,
  ResourcePresentations,
  RoutePresentation,
} from "./management/presentation/presentation.js";
export type { JwtClaims, JwtKeySource, JwtPrincipalOptions } from "./management/principal/jwt-options.js";
export { createJwtPrincipal, type ReadJwtPrincipal } from "./management/principal/jwt-principal.js";
export type { Permission } from "./management/principal/permissions.js";
export type { FindPrincipal, Principal } from "./management/principal/principal.js";
export type { FieldError, ManagementRefusal } from "./management/replies/management-refusal.js";
export type { ManagementBody, ManagementRequest } from "./management/requests/management-request.js";
export type { ResourceName, Route, RouteReply } from "./management/route.js";
export type { OpenApiDocument } from "./openapi/document.js";
export type { OpenApiOptions, ServedOpenApiOptions } from "./openapi/options.js";
export type { ReferenceScript } from "./openapi/serving/reference-page.js";
export {
  createPrincipalGuard,
  type PrincipalGuard,
  type PrincipalGuardOptions,
} from "./principal-guard.js";
export type { RateLimitGuard } from "./rate-limit-guard.js";
export { healthReply, readinessReply } from "./replies/health-replies.js";
export { problemReply } from "./replies/problem.js";
export type { Refusal, RenderedRefusal, RenderRefusal } from "./replies/refusal.js";
export { mergeReplyHeaders } from "./replies/reply-headers.js";
export type { GuardDecision, RequestContext } from "./request-context.js";
export type { ApiKeyGuardOptions, RateLimitGuardOptions } from "./schemas.js";
export type {
  EventHandler,
  EventSchemas,
  ReceivedWebhook,
  WebhookReceiverOptions,
  WebhookRefusal,
} from "./webhook-receiver/receiver-options.js";
export {
  createWebhookGuard,
  type WebhookGuard,
  type WebhookGuardOptions,
} from "./webhook-receiver/webhook-guard.js";
export {
  createWebhookReceiver,
  type RawBody,
  type WebhookReceiver,
} from "./webhook-receiver/webhook-receiver.js";
