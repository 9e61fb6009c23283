import { decodeBase64url } from "../encoding/base64url.js";
import { encodeHex } from "../encoding/hex.js";
import type { Crypto } from "../ports/crypto.js";

/** How a SHA-256 is written. Padding and the case of hex don't matter. */
export type KeyHashFormat = "sha256-hex" | "sha256-base64" | "sha256-base64url";

/**
 * What is stored of a key: SHA-256 of the whole text, lowercase hex. A fast hash is enough, because the text holds
 * at least 128 random bits; nothing here would protect a password.
 */
export function hashKey(text: string, crypto: Pick<Crypto, "sha256Hex">): string {
  return crypto.sha256Hex(text);
}

/** A SHA-256 written elsewhere, as we store it: lowercase hex. Undefined when the text isn't one in that format. */
export function parseKeyHash(text: string, format: KeyHashFormat): string | undefined {
  if (format === "sha256-hex") return /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
  const alphabet = format === "sha256-base64" ? /^[A-Za-z0-9+/]{43}=?$/ : /^[A-Za-z0-9_-]{43}=?$/;
  if (!alphabet.test(text)) return undefined;
  const bytes = decodeBase64url(text.slice(0, 43).replaceAll("+", "-").replaceAll("/", "_"));
  return bytes === undefined ? undefined : encodeHex(bytes);
}
