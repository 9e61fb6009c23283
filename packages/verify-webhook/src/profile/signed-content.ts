import type { SignedContent } from "../webhook-crypto.js";
import { encodeBytes, toUtf8 } from "./encoding.js";
import { type SignatureProfile, standardWebhooks } from "./signature-profile.js";
import type { WebhookKey } from "./webhook-key.js";

/** What goes into the signed content. Parts that the profile doesn't sign are ignored. */
export interface SignedContentParts {
  /** The message's id. It must hold no `.`, or two messages could have the same content. */
  readonly id: string;
  /** The timestamp header's text, as `formatTimestamp` writes it. */
  readonly timestamp: string;
  /** The body, byte for byte as it travels. */
  readonly body: Uint8Array;
}

/**
 * Returns the bytes to run HMAC-SHA256 or ed25519 over, in memory of their own; the body is their end.
 * It signs nothing itself, and checks nothing.
 *
 * @example
 * const content = signedContent(standardWebhooks, { id, timestamp: formatTimestamp(standardWebhooks, now), body });
 * const signature = formatSignature(standardWebhooks, hmacSha256(decodeSigningKey(secret).bytes, content));
 */
export function signedContent(
  profile: Pick<SignatureProfile, "content">,
  parts: SignedContentParts,
): Uint8Array {
  const head = toUtf8(contentHead(profile, parts));
  const content = new Uint8Array(head.length + parts.body.length);
  content.set(head);
  content.set(parts.body, head.length);
  return content;
}

/** The same for a body that may be a text: then the content is one, and stands for its UTF-8. */
export function contentOf(
  profile: Pick<SignatureProfile, "content">,
  { id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: SignedContent },
): SignedContent {
  return typeof body === "string"
    ? contentHead(profile, { id, timestamp }) + body
    : signedContent(profile, { id, timestamp, body });
}

function contentHead(
  { content }: Pick<SignatureProfile, "content">,
  { id, timestamp }: { readonly id: string; readonly timestamp: string },
): string {
  // The usual one, without a search.
  if (content === standardWebhooks.content) return `${id}.${timestamp}.`;
  return content
    .slice(0, -"{body}".length)
    .replace(/\{id\}|\{timestamp\}/g, (part) => (part === "{id}" ? id : timestamp));
}

/** Returns one signature as the header carries it, such as `v1,…`: of a MAC, or of an ed25519 signature. */
export function formatSignature(
  profile: Pick<SignatureProfile, "encoding" | "prefix" | "ed25519Prefix">,
  bytes: Uint8Array,
  algorithm: WebhookKey["algorithm"] = "hmac-sha256",
): string {
  if (algorithm === "ed25519") return `${profile.ed25519Prefix}${encodeBytes(bytes, "base64")}`;
  return profile.prefix + encodeBytes(bytes, profile.encoding);
}

/**
 * Returns the timestamp's text: whole units since 1970, rounded down.
 *
 * @throws {TypeError} if the date is invalid or before 1970.
 */
export function formatTimestamp(profile: Pick<SignatureProfile, "timestampUnit">, date: Date): string {
  const milliseconds = date.getTime();
  if (!(milliseconds >= 0)) throw new TypeError("The timestamp must be a valid Date, not before 1970.");
  return String(profile.timestampUnit === "milliseconds" ? milliseconds : Math.floor(milliseconds / 1000));
}

/**
 * Returns the headers that carry signatures, each as `formatSignature` writes it. A format whose header holds one
 * signature gets the first.
 */
export function formatSignedHeaders(
  profile: SignatureProfile,
  sent: { readonly id: string; readonly timestamp: string; readonly signatures: readonly string[] },
): Readonly<Record<string, string>> {
  const { headers, separator, timestampPrefix } = profile;
  const entries = timestampPrefix === undefined ? [] : [timestampPrefix + sent.timestamp];
  entries.push(...(separator === undefined ? sent.signatures.slice(0, 1) : sent.signatures));
  const signed: Record<string, string> = {};
  if (headers.id !== undefined) signed[headers.id] = sent.id;
  if (headers.timestamp !== undefined) signed[headers.timestamp] = sent.timestamp;
  signed[headers.signature] = entries.join(separator);
  return signed;
}
