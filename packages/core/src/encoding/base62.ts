const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Digits worked on at once: as many as leave room for three bytes more in a number's 53 bits. */
const CHUNK = 4;
const POWERS: readonly number[] = [1, 62, 62 ** 2, 62 ** 3, 62 ** 4];
const CHUNK_VALUE = 62 ** CHUNK;
/** A limb of three bytes: with the rest of a chunk before it, it still fits a number's 53 bits. */
const LARGE_LIMB = 2 ** 24;
const ZERO_CODE = 48;

/** The texts of two digits, by their value: ids are written by the hundred for each page of a listing. */
const PAIRS: readonly string[] = /* @__PURE__ */ Array.from(
  { length: 62 * 62 },
  (_, value) => ALPHABET.charAt(Math.floor(value / 62)) + ALPHABET.charAt(value % 62),
);

const DIGIT_OF_CODE = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
);

/** Encodes bytes as a big-endian number in base62 (0-9A-Za-z), zero-padded to `length` characters. */
export function encodeBase62(bytes: Uint8Array, length: number): string {
  const limbs = toLargeLimbs(bytes);
  let text = "";
  for (let first = 0; first < limbs.length; ) {
    let rest = 0;
    for (let index = first; index < limbs.length; index++) {
      const value = rest * LARGE_LIMB + (limbs[index] ?? 0);
      const quotient = Math.floor(value / CHUNK_VALUE);
      limbs[index] = quotient;
      rest = value - quotient * CHUNK_VALUE;
    }
    const high = Math.floor(rest / PAIRS.length);
    text = `${PAIRS[high]}${PAIRS[rest - high * PAIRS.length]}${text}`;
    while (first < limbs.length && limbs[first] === 0) first += 1;
  }
  let start = 0;
  while (text.length - start > length && text.charCodeAt(start) === ZERO_CODE) start += 1;
  return text.slice(start).padStart(length, "0");
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

/** Three bytes each, the first of fewer where they don't come out even. */
function toLargeLimbs(bytes: Uint8Array): number[] {
  const limbs: number[] = [];
  let limb = 0;
  for (let index = 0; index < bytes.length; index++) {
    limb = limb * 256 + (bytes[index] ?? 0);
    if ((bytes.length - index) % 3 !== 1) continue;
    limbs.push(limb);
    limb = 0;
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
