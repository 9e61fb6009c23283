/** Every error code with its HTTP status. A status is written here and nowhere else. */
export const ERROR_STATUS = {
  VALIDATION_FAILED: 400,
  INVALID_REQUEST: 400,
  RAW_BODY_REQUIRED: 500,
  CONFIG_INVALID: 500,
  UNAUTHORIZED: 401,
  SIGNATURE_INVALID: 401,
  INSUFFICIENT_SCOPE: 403,
  IP_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  API_KEY_NOT_FOUND: 404,
  WEBHOOK_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  CONFLICT: 409,
  /** A cap on stored records is reached: remove one and try again. Calls over a rate limit are `RATE_LIMITED`. */
  LIMIT_EXCEEDED: 409,
  METHOD_NOT_ALLOWED: 405,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  VAULT_KEY_MISSING: 500,
  VAULT_OPEN_FAILED: 500,
  STORAGE_FAILED: 500,
  STORAGE_UNAVAILABLE: 503,
} as const;

/** A stable, upper-snake name for what went wrong. */
export type ErrorCode = keyof typeof ERROR_STATUS;
