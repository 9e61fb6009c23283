import { encodeBase64, encodeHex } from "./encoding.js";
import type { SignatureProfile } from "./signature-profile.js";

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
 * Returns the bytes to run HMAC-SHA256 over, in memory of their own; the body is their end.
 * It signs nothing itself, and checks nothing.
 *
 * @example
 * const content = signedContent(standardWebhooks, { id, timestamp: formatTimestamp(standardWebhooks, now), body });
 * const signature = formatSignature(standardWebhooks, hmacSha256(decodeSecret(secret), content));
 */
export function signedContent(
  profile: Pick<SignatureProfile, "content">,
  parts: SignedContentParts,
): Uint8Array {
  const head = profile.content
    .slice(0, -"{body}".length)
    .replace(/\{id\}|\{timestamp\}/g, (part) => (part === "{id}" ? parts.id : parts.timestamp));
  const headBytes = new TextEncoder().encode(head);
  const content = new Uint8Array(headBytes.length + parts.body.length);
  content.set(headBytes);
  content.set(parts.body, headBytes.length);
  return content;
}

/** Returns one signature as the header carries it, such as `v1,…`. Several are joined by a space. */
export function formatSignature(
  profile: Pick<SignatureProfile, "encoding" | "prefix">,
  mac: Uint8Array,
): string {
  return profile.prefix + (profile.encoding === "hex" ? encodeHex(mac) : encodeBase64(mac));
}

/**
 * Returns the timestamp header's text: whole units since 1970, rounded down.
 *
 * @throws {TypeError} if the date is invalid or before 1970.
 */
export function formatTimestamp(profile: Pick<SignatureProfile, "timestampUnit">, date: Date): string {
  const milliseconds = date.getTime();
  if (!(milliseconds >= 0)) throw new TypeError("The timestamp must be a valid Date, not before 1970.");
  return String(profile.timestampUnit === "seconds" ? Math.floor(milliseconds / 1000) : milliseconds);
}
