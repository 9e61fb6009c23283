import { encodeBase64url } from "../encoding/base64url.js";
import { equalText } from "../encoding/constant-time.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";

const STATE_BYTES = 32;
const STATE_PATTERN = /^[A-Za-z0-9_-]{43}$/;

/** Generates the `state` of an authorization request: 32 random bytes as 43 characters. Store only its digest. */
export function generateState(random: Random): string {
  return encodeBase64url(random.bytes(STATE_BYTES));
}

/** What is stored of a state: its SHA-256, lowercase hex, so that a read of the table finishes nobody's flow. */
export function digestState(state: string, crypto: Pick<Crypto, "sha256Hex">): string {
  return crypto.sha256Hex(state);
}

/**
 * Checks, in constant time, that a returned state is the one a digest was stored of. It doesn't burn the state:
 * single use is the store's part.
 * @param options.state untrusted, of any length.
 * @see RFC 6749 section 10.12
 */
export function verifyState(options: {
  readonly state: string;
  readonly digest: string;
  readonly crypto: Pick<Crypto, "sha256Hex">;
}): boolean {
  const { state, digest, crypto } = options;
  return STATE_PATTERN.test(state) && equalText(digestState(state, crypto), digest);
}
