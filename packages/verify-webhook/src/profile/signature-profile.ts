/**
 * How a webhook is signed, as data: HMAC-SHA256 over some content, written into headers in some form.
 * Senders that must keep an older wire format describe it with the same fields.
 */
export interface SignatureProfile {
  /** Lowercase header names. A format that sends no id or no timestamp leaves that name out. */
  readonly headers: { readonly id?: string; readonly timestamp?: string; readonly signature: string };
  /** What is signed. The body always comes last, as its bytes. */
  readonly content: "{id}.{timestamp}.{body}" | "{timestamp}.{body}" | "{body}";
  /** What the timestamp header counts since 1970. */
  readonly timestampUnit: "seconds" | "milliseconds";
  /** How the 32 bytes of the MAC are written: base64 with padding, or lowercase hex. */
  readonly encoding: "base64" | "hex";
  /** The literal text before each encoded MAC, such as `v1,` or `sha256=`. May be empty. */
  readonly prefix: string;
  /** The HMAC key: the bytes behind `whsec_`, or the whole secret as UTF-8 text. */
  readonly key: "whsec" | "utf8";
}

/**
 * The Standard Webhooks format, `v1`.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export const standardWebhooks = {
  headers: { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" },
  content: "{id}.{timestamp}.{body}",
  timestampUnit: "seconds",
  encoding: "base64",
  prefix: "v1,",
  key: "whsec",
} as const satisfies SignatureProfile;
