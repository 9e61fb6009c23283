/** The synchronous primitives the core needs. Text is taken as UTF-8. */
export interface Crypto {
  /** SHA-256 as lowercase hex (FIPS 180-4). */
  sha256Hex(data: string | Uint8Array): string;
  /** HMAC-SHA256, 32 bytes (RFC 2104). */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}
