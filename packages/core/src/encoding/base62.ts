const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = 62n;
const DIGIT_OF = new Map([...ALPHABET].map((character, digit) => [character, BigInt(digit)]));
const DIGIT_OF_CODE = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
);

/** Encodes bytes as a big-endian number in base62 (0-9A-Za-z), zero-padded to `length` characters. */
export function encodeBase62(bytes: Uint8Array, length: number): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = "";
  while (value > 0n) {
    text = ALPHABET.charAt(Number(value % BASE)) + text;
    value /= BASE;
  }
  return text.padStart(length, "0");
}

/** Decodes base62 text into exactly `byteLength` bytes; undefined for other characters or a number too large. */
export function decodeBase62(text: string, byteLength: number): Uint8Array | undefined {
  const limit = 1n << BigInt(8 * byteLength);
  let value = 0n;
  for (const character of text) {
    const digit = DIGIT_OF.get(character);
    if (digit === undefined) return undefined;
    value = value * BASE + digit;
    // Stopping here keeps the work on an untrusted text proportional to its length.
    if (value >= limit) return undefined;
  }
  const bytes = new Uint8Array(byteLength);
  for (let index = byteLength - 1; index >= 0; index--) {
    bytes[index] = Number(value & 0xffn);
    value >>= 8n;
  }
  return bytes;
}

/** Whether all characters from `from` on are base62. */
export function isBase62(text: string, from: number): boolean {
  for (let index = from; index < text.length; index++) {
    if (base62Digit(text.charCodeAt(index)) < 0) return false;
  }
  return true;
}

/** The digit that a character code stands for; -1 for any other. */
export function base62Digit(code: number): number {
  return DIGIT_OF_CODE[code] ?? -1;
}

/** How many base62 characters hold any `byteLength` bytes. */
export function base62Width(byteLength: number): number {
  return Math.ceil((byteLength * 8) / Math.log2(62));
}
