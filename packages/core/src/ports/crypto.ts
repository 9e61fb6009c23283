/** The synchronous primitives the core needs. Text is taken as UTF-8. */
export interface Crypto {
  /** SHA-256 as lowercase hex (FIPS 180-4). */
  sha256Hex(data: string | Uint8Array): string;
  /** HMAC-SHA256, 32 bytes (RFC 2104). */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** The ed25519 signature by a seed of 32 bytes, 64 bytes (RFC 8032). */
  ed25519Sign(seed: Uint8Array, data: Uint8Array): Uint8Array;
  /** The public key of a seed of 32 bytes, 32 bytes (RFC 8032). */
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  /**
   * AES-256-GCM with a key of 32 bytes and an iv of 12, which must never come twice with one key: the ciphertext, and the
   * tag of 16 bytes that it and `additionalData` are held to (NIST SP 800-38D).
   */
  aes256GcmEncrypt(request: {
    readonly key: Uint8Array;
    readonly iv: Uint8Array;
    readonly plaintext: Uint8Array;
    readonly additionalData: Uint8Array;
  }): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array };
}
