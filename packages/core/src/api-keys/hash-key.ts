import type { Crypto } from "../ports/crypto.js";

/**
 * What is stored of a key: SHA-256 of the whole text, lowercase hex. A fast hash is enough, because the text holds
 * at least 128 random bits; nothing here would protect a password.
 */
export function hashKey(text: string, crypto: Pick<Crypto, "sha256Hex">): string {
  return crypto.sha256Hex(text);
}
