const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" };
// PKCS #8 around a seed of 32 bytes (RFC 8410, section 7): WebCrypto imports no private key without it.
const PKCS8_PREFIX = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/**
 * HMAC-SHA256 (RFC 2104), 32 bytes.
 *
 * @throws {TypeError} where there is no `crypto.subtle`: in browsers, outside a secure context.
 */
export async function hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  const hmacKey = await subtle().importKey("raw", key, HMAC_SHA256, false, ["sign"]);
  return new Uint8Array(await subtle().sign("HMAC", hmacKey, content));
}

/**
 * Whether the 64 bytes are this public key's ed25519 signature of the content (RFC 8032).
 *
 * @throws {TypeError} where WebCrypto has no Ed25519, or there is no `crypto.subtle`.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await subtle().importKey("raw", publicKey, "Ed25519", false, ["verify"]).catch(refuse);
  return subtle().verify("Ed25519", key, signature, content);
}

/**
 * The ed25519 signature of the content by a seed of 32 bytes (RFC 8032), 64 bytes.
 *
 * @throws {TypeError} where WebCrypto has no Ed25519, or there is no `crypto.subtle`.
 */
export async function signEd25519(seed: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  const pkcs8 = Uint8Array.from([...PKCS8_PREFIX, ...seed]);
  const key = await subtle().importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]).catch(refuse);
  return new Uint8Array(await subtle().sign("Ed25519", key, content));
}

/** Whether two byte strings are equal, in a time that depends on their lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** Fresh bytes from the platform's secure generator. */
export function randomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

function subtle() {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) throw new TypeError("crypto.subtle is missing: browsers offer it on https only.");
  return subtle;
}

function refuse(cause: unknown): never {
  throw new TypeError("WebCrypto has no Ed25519 here.", { cause });
}
