import * as node from "node:crypto";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export async function hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  return node.createHmac("sha256", key).update(content).digest();
}

/** Whether the 64 bytes are this public key's ed25519 signature of the content (RFC 8032). */
export async function verifyEd25519(
  publicKey: Uint8Array,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  return node.verify(null, content, { key: der, format: "der", type: "spki" }, signature);
}

/** The ed25519 signature of the content by a seed of 32 bytes (RFC 8032), 64 bytes. */
export async function signEd25519(seed: Uint8Array, content: Uint8Array): Promise<Uint8Array> {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  return node.sign(null, content, { key: der, format: "der", type: "pkcs8" });
}

/** Whether two byte strings are equal, in a time that depends on their lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && node.timingSafeEqual(a, b);
}

/** Fresh bytes from the platform's secure generator. */
export function randomBytes(length: number): Uint8Array {
  return node.randomBytes(length);
}
