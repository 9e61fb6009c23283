import { decodeBase64url, encodeBase64url } from "../encoding/base64url.js";
import { equalText } from "../encoding/constant-time.js";
import { decodeHex } from "../encoding/hex.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";

const VERIFIER_PATTERN = /^[A-Za-z0-9\-._~]{43,128}$/;
const VERIFIER_BYTES = 32;
const CHALLENGE_LENGTH = 43;
const DIGEST_BYTES = 32;

/** Generates a code verifier: 32 random bytes as 43 characters (RFC 7636 section 4.1). */
export function generateCodeVerifier(random: Random): string {
  return encodeBase64url(random.bytes(VERIFIER_BYTES));
}

/** Whether a text has the form of a code verifier: 43 to 128 unreserved characters (RFC 7636 section 4.1). */
export function isCodeVerifier(text: string): boolean {
  return VERIFIER_PATTERN.test(text);
}

/** Whether a text has the form of an S256 code challenge: SHA-256 in base64url, 43 characters. */
export function isCodeChallenge(text: string): boolean {
  return text.length === CHALLENGE_LENGTH && decodeBase64url(text)?.length === DIGEST_BYTES;
}

/**
 * Derives the S256 challenge of a verifier. There is no `plain`: OAuth 2.1 has no use for it.
 * @throws {TypeError} for a text that isn't a code verifier.
 * @see RFC 7636 section 4.2
 */
export function deriveCodeChallenge(verifier: string, crypto: Pick<Crypto, "sha256Hex">): string {
  if (!isCodeVerifier(verifier)) throw new TypeError("not a code verifier: 43 to 128 unreserved characters");
  const digest = decodeHex(crypto.sha256Hex(verifier));
  if (digest?.length !== DIGEST_BYTES) throw new TypeError("sha256Hex must return 64 hex digits");
  return encodeBase64url(digest);
}

/**
 * Checks, in constant time, that a verifier belongs to the challenge of the authorization request.
 * @param options.verifier untrusted, of any length.
 * @see RFC 7636 section 4.6
 */
export function verifyCodeVerifier(options: {
  readonly verifier: string;
  readonly challenge: string;
  readonly crypto: Pick<Crypto, "sha256Hex">;
}): boolean {
  const { verifier, challenge, crypto } = options;
  return isCodeVerifier(verifier) && equalText(deriveCodeChallenge(verifier, crypto), challenge);
}
