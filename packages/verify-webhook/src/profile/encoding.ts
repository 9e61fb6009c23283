export { decodeBase64, encodeBytes } from "#crypto";

/** Returns UTF-8 of a well-formed text. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns UTF-8, or undefined for a text with a lone surrogate: all of those would become the same bytes. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  return isWellFormed(text) ? toUtf8(text) : undefined;
}

/** Whether a text has no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
