import * as node from "node:crypto";
import type { MacEncoding, SignedContent } from "./webhook-crypto.js";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const INNER_PADS = new Uint8Array(BLOCK_BYTES).fill(0x36);
const OUTER_PADS = new Uint8Array(BLOCK_BYTES).fill(0x5c);
const MOST_BYTES_PER_CHARACTER = 3;

// A hash in one step takes half the time of an object that hashes in steps, which is most of what a small webhook
// costs; it wants key and content in one piece of memory. These two are used again: nothing waits while they are full,
// and between calls the keys' places hold the pads alone.
const inner = Buffer.alloc(64 * 1024);
const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
const innerKey = new Uint8Array(inner.buffer, inner.byteOffset, BLOCK_BYTES);
const outerKey = new Uint8Array(outer.buffer, outer.byteOffset, BLOCK_BYTES);
innerKey.set(INNER_PADS);
outerKey.set(OUTER_PADS);

/** HMAC-SHA256 (RFC 2104) as text. */
export function hmacSha256(key: Uint8Array, content: SignedContent, encoding: MacEncoding): string {
  const mostBytes = BLOCK_BYTES + content.length * MOST_BYTES_PER_CHARACTER;
  // Some runtimes that otherwise follow Node have no one-step hash.
  if (mostBytes > inner.length || key.length > BLOCK_BYTES || node.hash === undefined) {
    return node.createHmac("sha256", key).update(content).digest(encoding);
  }
  try {
    mixIn(key, innerKey);
    mixIn(key, outerKey);
    const endsAt = BLOCK_BYTES + writeContent(content);
    outer.write(node.hash("sha256", inner.subarray(0, endsAt), "binary"), BLOCK_BYTES, "latin1");
    return node.hash("sha256", outer, encoding);
  } finally {
    innerKey.set(INNER_PADS);
    outerKey.set(OUTER_PADS);
  }
}

function mixIn(key: Uint8Array, pads: Uint8Array): void {
  for (let at = 0; at < key.length; at++) pads[at] = (pads[at] ?? 0) ^ (key[at] ?? 0);
}

/** Writes the content behind the key and returns its length in bytes. */
function writeContent(content: SignedContent): number {
  if (typeof content === "string") return inner.write(content, BLOCK_BYTES, "utf8");
  inner.set(content, BLOCK_BYTES);
  return content.length;
}

/** Whether the 64 bytes are this public key's ed25519 signature of the content (RFC 8032). */
export async function verifyEd25519(
  publicKey: Uint8Array,
  content: SignedContent,
  signature: Uint8Array,
): Promise<boolean> {
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  return node.verify(null, toBytes(content), { key: der, format: "der", type: "spki" }, signature);
}

/** The ed25519 signature of the content by a seed of 32 bytes (RFC 8032), 64 bytes. */
export async function signEd25519(seed: Uint8Array, content: SignedContent): Promise<Uint8Array> {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  return node.sign(null, toBytes(content), { key: der, format: "der", type: "pkcs8" });
}

function toBytes(content: SignedContent): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}

const MOST_COMPARED = 128;
const expectedUnits = new Uint16Array(MOST_COMPARED);
const receivedUnits = new Uint16Array(MOST_COMPARED);

/** Whether two texts are equal, in a time that depends on their lengths only. */
export function equalTexts(expected: string, received: string): boolean {
  if (expected.length !== received.length) return false;
  if (expected.length > MOST_COMPARED) {
    return node.timingSafeEqual(Buffer.from(expected, "utf16le"), Buffer.from(received, "utf16le"));
  }
  for (let at = 0; at < expected.length; at++) {
    expectedUnits[at] = expected.charCodeAt(at);
    receivedUnits[at] = received.charCodeAt(at);
  }
  const isEqual = node.timingSafeEqual(expectedUnits, receivedUnits);
  expectedUnits.fill(0);
  receivedUnits.fill(0);
  return isEqual;
}

/** Fresh bytes from the platform's secure generator. */
export function randomBytes(length: number): Uint8Array {
  return node.randomBytes(length);
}

/** Writes bytes as base64 with padding (RFC 4648 §4), or as lowercase hex. */
export function encodeBytes(bytes: Uint8Array, encoding: MacEncoding): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding);
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NO_DIGIT = 64;
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = BASE64.indexOf(String.fromCharCode(code));
  return digit < 0 ? NO_DIGIT : digit;
});

/**
 * Returns the bytes, or undefined unless `text` is exactly what `encodeBytes` writes for them in base64. By hand, which
 * is five times as fast for a key: Buffer forgives other spellings, so its answer has to be written back and compared.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let filled = 0;
  for (let at = 0; at < text.length - padding; at++) {
    const digit = DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return undefined;
    bits = ((bits << 6) | digit) & 0xfff;
    // Of four digits the first completes no byte; then 4, 2 and 0 bits are left over.
    const left = 6 - 2 * (at % 4);
    if (left < 6) bytes[filled++] = bits >> left;
  }
  // Bits left over are another spelling of the same bytes.
  const leftOver = padding === 2 ? 0b1111 : padding === 1 ? 0b11 : 0;
  return (bits & leftOver) === 0 ? bytes : undefined;
}
