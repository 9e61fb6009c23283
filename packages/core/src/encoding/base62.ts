const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Digits worked on at once: as many as leave room for two bytes more in a number's 53 bits. */
const CHUNK = 4;
const POWERS: readonly number[] = [1, 62, 62 ** 2, 62 ** 3, 62 ** 4];
const CHUNK_VALUE = 62 ** CHUNK;

const DIGIT_OF_CODE = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
);

/** Encodes bytes as a big-endian number in base62 (0-9A-Za-z), zero-padded to `length` characters. */
export function encodeBase62(bytes: Uint8Array, length: number): string {
  const limbs = toLimbs(bytes);
  let text = "";
  for (let first = 0; first < limbs.length; ) {
    let rest = 0;
    for (let index = first; index < limbs.length; index++) {
      const value = rest * 65_536 + (limbs[index] ?? 0);
      const quotient = Math.floor(value / CHUNK_VALUE);
      limbs[index] = quotient;
      rest = value - quotient * CHUNK_VALUE;
    }
    for (let digit = 0; digit < CHUNK; digit++) {
      text = ALPHABET.charAt(rest % 62) + text;
      rest = Math.floor(rest / 62);
    }
    while (first < limbs.length && limbs[first] === 0) first += 1;
  }
  const significant = text.replace(/^0+/, "");
  return significant.padStart(length, "0");
}

/** Decodes base62 text into exactly `byteLength` bytes; undefined for other characters or a number too large. */
export function decodeBase62(text: string, byteLength: number): Uint8Array | undefined {
  const limbs = new Uint16Array(Math.ceil(byteLength / 2));
  for (let start = 0; start < text.length; start += CHUNK) {
    const end = Math.min(start + CHUNK, text.length);
    let carry = 0;
    for (let index = start; index < end; index++) {
      const digit = base62Digit(text.charCodeAt(index));
      if (digit < 0) return undefined;
      carry = carry * 62 + digit;
    }
    const power = POWERS[end - start] ?? 1;
    for (let index = limbs.length - 1; index >= 0; index--) {
      const value = (limbs[index] ?? 0) * power + carry;
      carry = Math.floor(value / 65_536);
      limbs[index] = value - carry * 65_536;
    }
    // Stopping here keeps the work on an untrusted text proportional to its length.
    if (carry > 0) return undefined;
  }
  return fromLimbs(limbs, byteLength);
}

/** Two bytes each, the first alone where their number is odd. */
function toLimbs(bytes: Uint8Array): Uint16Array {
  const limbs = new Uint16Array(Math.ceil(bytes.length / 2));
  for (let index = limbs.length - 1, end = bytes.length; index >= 0; index--, end -= 2) {
    limbs[index] = (bytes[end - 2] ?? 0) * 256 + (bytes[end - 1] ?? 0);
  }
  return limbs;
}

/** Undefined when the number needs more bytes. */
function fromLimbs(limbs: Uint16Array, byteLength: number): Uint8Array | undefined {
  const bytes = new Uint8Array(byteLength);
  for (let index = limbs.length - 1, place = byteLength - 1; index >= 0; index--, place -= 2) {
    const limb = limbs[index] ?? 0;
    bytes[place] = limb & 255;
    if (place > 0) bytes[place - 1] = limb >> 8;
    else if (limb > 255) return undefined;
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
