import { hexDigit } from "./hex.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Digits worked on at once: as many as leave room for three bytes more in a number's 53 bits. */
const CHUNK = 4;
const POWERS: readonly number[] = [1, 62, 62 ** 2, 62 ** 3, 62 ** 4];
const CHUNK_VALUE = 62 ** CHUNK;
/** A limb of three bytes: with the rest of a chunk before it, it still fits a number's 53 bits. */
const LARGE_LIMB = 2 ** 24;
const ZERO_CODE = 48;
const DASH_CODE = 45;
const UUID_DIGITS = 32;

const CODE_OF_DIGIT = /* @__PURE__ */ Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));

const DIGIT_OF_CODE = /* @__PURE__ */ Int8Array.from({ length: 128 }, (_, code) =>
  ALPHABET.indexOf(String.fromCharCode(code)),
);

/** Encodes bytes as a big-endian number in base62 (0-9A-Za-z), zero-padded to `length` characters. */
export function encodeBase62(bytes: Uint8Array, length: number): string {
  return encodeLimbs(toLargeLimbs(bytes), base62Width(bytes.length), length);
}

/**
 * The same of a UUID's text, with or without dashes, without its bytes: ids are written by the hundred for each page of
 * a listing. Undefined for any other text.
 */
export function encodeUuidAsBase62(uuid: string, length: number): string | undefined {
  const limbs = [0, 0, 0, 0, 0, 0];
  let digits = 0;
  for (let index = 0; index < uuid.length; index++) {
    const code = uuid.charCodeAt(index);
    if (code === DASH_CODE) continue;
    const digit = hexDigit(code);
    // Six digits are a limb of three bytes; the first has what doesn't come out even.
    const limb = Math.floor((digits + 4) / 6);
    if (digit < 0 || digits === UUID_DIGITS) return undefined;
    limbs[limb] = (limbs[limb] ?? 0) * 16 + digit;
    digits += 1;
  }
  return digits === UUID_DIGITS ? encodeLimbs(limbs, base62Width(UUID_DIGITS / 2), length) : undefined;
}

/** Divides the number of these limbs to nothing, which has at most `width` digits. Chunks of them come from its end. */
function encodeLimbs(limbs: number[], width: number, length: number): string {
  const codes = new Array<number>(Math.ceil(width / CHUNK) * CHUNK);
  let first = 0;
  for (let place = codes.length - 1; place >= 0; ) {
    let rest = 0;
    for (let index = first; index < limbs.length; index++) {
      const value = rest * LARGE_LIMB + (limbs[index] ?? 0);
      const quotient = Math.floor(value / CHUNK_VALUE);
      limbs[index] = quotient;
      rest = value - quotient * CHUNK_VALUE;
    }
    while (first < limbs.length && limbs[first] === 0) first += 1;
    for (let digit = 0; digit < CHUNK; digit++, place--) {
      const quotient = Math.floor(rest / 62);
      codes[place] = CODE_OF_DIGIT[rest - quotient * 62] ?? ZERO_CODE;
      rest = quotient;
    }
  }
  let start = 0;
  while (codes.length - start > length && codes[start] === ZERO_CODE) start += 1;
  return String.fromCharCode.apply(null, codes.slice(start)).padStart(length, "0");
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
  const limbs = new Array<number>(Math.ceil(bytes.length / 3)).fill(0);
  const before = limbs.length * 3 - bytes.length;
  for (let index = 0; index < bytes.length; index++) {
    const limb = Math.floor((index + before) / 3);
    limbs[limb] = (limbs[limb] ?? 0) * 256 + (bytes[index] ?? 0);
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
