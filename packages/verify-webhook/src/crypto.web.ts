const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" };

/**
 * HMAC-SHA256 (RFC 2104), 32 bytes.
 *
 * @throws {TypeError} where there is no `crypto.subtle`: in browsers, outside a secure context.
 */
export async function hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) throw new TypeError("crypto.subtle is missing: browsers offer it on https only.");
  const hmacKey = await subtle.importKey("raw", key, HMAC_SHA256, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", hmacKey, content));
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
