import { base62Digit, encodeBase62 } from "../encoding/base62.js";
import { crc32OfAscii } from "../encoding/crc32.js";

/** Base62 characters that hold any CRC-32. */
export const CHECKSUM_LENGTH = 6;

/** The checksum of a key's text so far: its CRC-32 in base62. The text is ASCII. */
export function checksumOf(text: string): string {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, crc32OfAscii(text, text.length));
  return encodeBase62(bytes, CHECKSUM_LENGTH);
}

/** Whether a text of ASCII, base62 at its end, ends in the checksum of what precedes it. */
export function hasValidChecksum(text: string): boolean {
  const checksumAt = text.length - CHECKSUM_LENGTH;
  let claimed = 0;
  for (let index = checksumAt; index < text.length; index++)
    claimed = claimed * 62 + base62Digit(text.charCodeAt(index));
  return claimed === crc32OfAscii(text, checksumAt);
}
