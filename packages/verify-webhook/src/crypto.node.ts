import { createHmac, randomBytes as nodeRandomBytes, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export async function hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  return createHmac("sha256", key).update(content).digest();
}

/** Whether two byte strings are equal, in a time that depends on their lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Fresh bytes from the platform's secure generator. */
export function randomBytes(length: number): Uint8Array {
  return nodeRandomBytes(length);
}
