import type { Random } from "../ports/random.js";
import { encodeBase62 } from "./base62.js";

/** Bytes from here up are drawn again: 248 is four times 62, so that every character is equally likely. */
const FIRST_REFUSED_BYTE = 248;

/** Draws `length` base62 characters, each uniformly. */
export function randomBase62(length: number, random: Random): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < FIRST_REFUSED_BYTE) text += encodeBase62(Uint8Array.of(byte % 62), 1);
    }
  }
  return text;
}
