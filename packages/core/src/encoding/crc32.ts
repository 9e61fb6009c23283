const TABLE = /* @__PURE__ */ createTable();

/**
 * The CRC-32 of bytes as an unsigned number (polynomial 0xEDB88320, as in zip and PNG).
 * It finds typing errors; it proves nothing about who wrote the text.
 * @see RFC 1952 section 8
 */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ byte) & 0xff] ?? 0);
  return (remainder ^ 0xffffffff) >>> 0;
}

/** The CRC-32 of the first `length` characters of a text that is ASCII there: what `crc32` gives for its bytes. */
export function crc32OfAscii(text: string, length: number): number {
  let remainder = 0xffffffff;
  for (let index = 0; index < length; index++)
    remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ text.charCodeAt(index)) & 0xff] ?? 0);
  return (remainder ^ 0xffffffff) >>> 0;
}

function createTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let remainder = index;
    for (let bit = 0; bit < 8; bit++)
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    return remainder;
  });
}
