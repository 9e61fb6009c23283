import type { ErrorCode } from "../../../errors/codes.js";
import type { PresentedRoute } from "../../management/presentation/present-routes.js";

/** One kind of refusal: what the management API answers with it, and when. */
export interface DescribedError {
  /** What the document calls the reply. */
  readonly name: string;
  /** The first is the example. */
  readonly codes: readonly ErrorCode[];
  readonly description: string;
  /** What the example says. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every refusal, by its status. */
export const DESCRIBED_ERRORS = {
  400: {
    name: "BadRequest",
    codes: ["VALIDATION_FAILED", "INVALID_REQUEST"],
    description: "Fields break a rule, and each is named; or the body is no JSON object.",
    detail: "Invalid request: query limit must be a whole number from 1 to 100",
  },
  401: {
    name: "Unauthorized",
    codes: ["UNAUTHORIZED"],
    description: "Nobody is logged in.",
    detail: "Log in to make this call.",
    headers: { "WWW-Authenticate": 'Bearer realm="management"' },
  },
  403: {
    name: "Forbidden",
    codes: ["INSUFFICIENT_SCOPE"],
    description: "A permission is missing.",
    detail: "This needs the permission webhooks:write.",
  },
  404: {
    name: "NotFound",
    codes: ["WEBHOOK_NOT_FOUND", "API_KEY_NOT_FOUND", "MESSAGE_NOT_FOUND", "DELIVERY_NOT_FOUND", "NOT_FOUND"],
    description: "There is no such record.",
    detail: 'This tenant has no endpoint "ep_0".',
  },
  409: {
    name: "Conflict",
    codes: ["CONFLICT", "LIMIT_EXCEEDED"],
    description:
      "The record or the `Idempotency-Key` stands against it, or there are as many records as may be.",
    detail: "This `Idempotency-Key` was used with another request. Take a new one.",
  },
  412: {
    name: "PreconditionFailed",
    codes: ["PRECONDITION_FAILED"],
    description: "Somebody changed the record since.",
    detail: "Somebody changed it since. Read it again, then change it.",
  },
  413: {
    name: "ContentTooLarge",
    codes: ["PAYLOAD_TOO_LARGE"],
    description: "The body is too large.",
    detail: "A body may be at most 262144 bytes.",
  },
  415: {
    name: "UnsupportedMediaType",
    codes: ["UNSUPPORTED_MEDIA_TYPE"],
    description: "The body isn't JSON in UTF-8, or is compressed.",
    detail: "Send the body as JSON in UTF-8, with `Content-Type: application/json`.",
  },
  503: {
    name: "ServiceUnavailable",
    codes: ["STORAGE_UNAVAILABLE"],
    description: "The storage is out for the moment.",
    detail: "This cannot be done at the moment. Try again shortly.",
    headers: { "Retry-After": "5" },
  },
} as const satisfies Readonly<Record<number, DescribedError>>;

export type DescribedStatus = keyof typeof DESCRIBED_ERRORS;

export const DESCRIBED_STATUSES = Object.keys(DESCRIBED_ERRORS).map(Number) as DescribedStatus[];

/** Which of them a route may answer with. */
export function errorStatusesOf({ route, method, body }: PresentedRoute): readonly DescribedStatus[] {
  const changes = method !== "GET";
  const asksOf: Readonly<Record<DescribedStatus, boolean>> = {
    400: true,
    401: true,
    403: route.permission !== undefined,
    // Limits are of the calling key, which may be gone.
    404: Object.keys(route.params.shape).length > 0 || route.permission === undefined,
    409: changes,
    412: changes && route.versioned === true,
    413: body !== undefined || route.takesIdempotencyKey === true,
    415: body !== undefined,
    503: true,
  };
  return DESCRIBED_STATUSES.filter((status) => asksOf[status]);
}
