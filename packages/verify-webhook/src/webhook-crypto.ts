/** What both forms of `#crypto` export: node:crypto for Node, Bun and Deno, WebCrypto elsewhere. */
export interface WebhookCrypto {
  /** HMAC-SHA256 (RFC 2104), 32 bytes. The key is not empty. */
  hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array>;
  /** Whether the 64 bytes are this ed25519 public key's signature of the content (RFC 8032). */
  verifyEd25519(publicKey: Uint8Array, content: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** The ed25519 signature by a seed of 32 bytes (RFC 8032), 64 bytes. */
  signEd25519(seed: Uint8Array, content: Uint8Array): Promise<Uint8Array>;
  /** Whether two byte strings are equal, in a time that depends on their lengths only. */
  equalBytes(a: Uint8Array, b: Uint8Array): boolean;
  /** Fresh bytes from the platform's secure generator. */
  randomBytes(length: number): Uint8Array;
}

/** The part that verifies. */
export type VerifyingCrypto = Pick<WebhookCrypto, "hmacSha256" | "verifyEd25519" | "equalBytes">;

/** The part that signs. */
export type SigningCrypto = Pick<WebhookCrypto, "hmacSha256" | "signEd25519" | "randomBytes">;
