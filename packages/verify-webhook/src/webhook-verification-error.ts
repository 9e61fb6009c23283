const BRAND = Symbol.for("tenon.webhook-verification-error");

/** Why a webhook was refused. Stable: branch on it, and log it. */
export type WebhookVerificationCode =
  | "missing_header"
  | "malformed_header"
  | "malformed_secret"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "no_matching_signature"
  | "payload_not_raw"
  | "payload_not_json"
  | "schema_mismatch";

/**
 * A webhook that must not be trusted. `code` says which check refused it, `message` what to do about it.
 * Neither holds a secret, a signature or a header's value.
 */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
  readonly code: WebhookVerificationCode;

  constructor(code: WebhookVerificationCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether a caught value is a `WebhookVerificationError`, also one of another copy of this package in the
 * same process (ESM beside CommonJS, two versions), where `instanceof` says no. Never throws.
 */
export function isWebhookVerificationError(value: unknown): value is WebhookVerificationError {
  try {
    return (value as { readonly [BRAND]?: unknown })[BRAND] === true;
  } catch {
    return false;
  }
}
