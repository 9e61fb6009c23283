/**
 * How a webhook is signed, as data: a MAC or signature over some content, written into headers in some form.
 * Senders that must keep an older wire format describe it with the same fields.
 */
export interface SignatureProfile {
  /** Lowercase header names. A format that sends no id, or no timestamp of its own, leaves that name out. */
  readonly headers: { readonly id?: string; readonly timestamp?: string; readonly signature: string };
  /**
   * What is signed: plain text with `{id}` and `{timestamp}` in it, and the body, byte for byte, as its end. A `.`
   * follows `{id}`, and neither letter, digit, `_` nor `-` follows `{timestamp}`: two messages never share a content.
   */
  readonly content: `${string}{body}`;
  /** What the timestamp counts since 1970. Default: seconds. */
  readonly timestampUnit?: "seconds" | "milliseconds";
  /** How the 32 bytes of the MAC are written: base64 with padding, or lowercase hex. */
  readonly encoding: "base64" | "hex";
  /** The literal text before each encoded MAC, such as `v1,` or `sha256=`. May be empty. */
  readonly prefix: string;
  /** What stands between signatures in a header that may hold several. Left out: it holds one. */
  readonly separator?: " " | ",";
  /** Where the timestamp travels among the signatures: the literal text before it, such as `t=`. */
  readonly timestampPrefix?: string;
  /** The literal text before an ed25519 signature (always base64), such as `v1a,`. Left out: the format has none. */
  readonly ed25519Prefix?: string;
  /** The HMAC key: the bytes behind `whsec_`, or the whole secret as UTF-8 text. */
  readonly key: "whsec" | "utf8";
}

/**
 * The Standard Webhooks format: `v1` (HMAC-SHA256) for a secret `whsec_…`, `v1a` (ed25519) for a key `whsk_…`, whose
 * public half is `whpk_…`.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export const standardWebhooks = {
  headers: { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" },
  content: "{id}.{timestamp}.{body}",
  timestampUnit: "seconds",
  encoding: "base64",
  prefix: "v1,",
  separator: " ",
  ed25519Prefix: "v1a,",
  key: "whsec",
} as const satisfies SignatureProfile;
