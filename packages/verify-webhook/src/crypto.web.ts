import type { MacEncoding, SignedContent } from "./webhook-crypto.js";

const HMAC_SHA256 = { name: "HMAC", hash: "SHA-256" };
// PKCS #8 around a seed of 32 bytes (RFC 8410, section 7): WebCrypto imports no private key without it.
const PKCS8_PREFIX = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

let last: { readonly text: string; readonly hmacKey: ReturnType<typeof importHmacKey> } | undefined;

/**
 * HMAC-SHA256 (RFC 2104) as text.
 *
 * @throws {TypeError} where there is no `crypto.subtle`: in browsers, outside a secure context.
 */
export async function hmacSha256(
  key: Uint8Array,
  content: SignedContent,
  encoding: MacEncoding,
): Promise<string> {
  // Importing a key takes as long as signing. One is kept, not more: a secret that is no longer used shouldn't stay.
  const text = String.fromCharCode(...key);
  if (last?.text !== text) last = { text, hmacKey: importHmacKey(key) };
  const mac = await subtle().sign("HMAC", await last.hmacKey, toBytes(content));
  return encodeBytes(new Uint8Array(mac), encoding);
}

function importHmacKey(key: Uint8Array) {
  return subtle().importKey("raw", key, HMAC_SHA256, false, ["sign"]);
}

/**
 * Whether the 64 bytes are this public key's ed25519 signature of the content (RFC 8032).
 *
 * @throws {TypeError} where WebCrypto has no Ed25519, or there is no `crypto.subtle`.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  content: SignedContent,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await subtle().importKey("raw", publicKey, "Ed25519", false, ["verify"]).catch(refuse);
  return subtle().verify("Ed25519", key, signature, toBytes(content));
}

/**
 * The ed25519 signature of the content by a seed of 32 bytes (RFC 8032), 64 bytes.
 *
 * @throws {TypeError} where WebCrypto has no Ed25519, or there is no `crypto.subtle`.
 */
export async function signEd25519(seed: Uint8Array, content: SignedContent): Promise<Uint8Array> {
  const pkcs8 = Uint8Array.from([...PKCS8_PREFIX, ...seed]);
  const key = await subtle().importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]).catch(refuse);
  return new Uint8Array(await subtle().sign("Ed25519", key, toBytes(content)));
}

function toBytes(content: SignedContent): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}

/** Whether two texts are equal, in a time that depends on their lengths only. */
export function equalTexts(expected: string, received: string): boolean {
  let difference = expected.length ^ received.length;
  for (let at = 0; at < expected.length; at++)
    difference |= expected.charCodeAt(at) ^ received.charCodeAt(at);
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

/** Writes bytes as base64 with padding (RFC 4648 §4), or as lowercase hex. */
export function encodeBytes(bytes: Uint8Array, encoding: MacEncoding): string {
  return encoding === "hex"
    ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
    : btoa(String.fromCharCode(...bytes));
}

/** Returns the bytes, or undefined unless `text` is exactly what `encodeBytes` writes for them in base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    // atob forgives spaces, missing padding and stray bits; writing it back does not.
    if (btoa(binary) !== text) return undefined;
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}
