/** Returns base64 with padding (RFC 4648 §4). For short inputs: keys and MACs. */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Returns the bytes, or undefined unless `text` is exactly what `encodeBase64` writes for them. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text);
    // atob forgives spaces, missing padding and stray bits; writing it back does not.
    return btoa(binary) === text
      ? Uint8Array.from(binary, (character) => character.charCodeAt(0))
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns lowercase hex. */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns UTF-8, or undefined for a text with a lone surrogate: all of those would become the same bytes. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  return /\p{Surrogate}/u.test(text) ? undefined : new TextEncoder().encode(text);
}
