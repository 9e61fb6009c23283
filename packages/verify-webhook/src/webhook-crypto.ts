/** What both forms of `#crypto` export: node:crypto for Node, Bun and Deno, WebCrypto elsewhere. */
export interface WebhookCrypto {
  /** HMAC-SHA256 (RFC 2104), 32 bytes. The key is not empty. */
  hmacSha256(key: Uint8Array, content: Uint8Array): Promise<Uint8Array>;
  /** Whether two byte strings are equal, in a time that depends on their lengths only. */
  equalBytes(a: Uint8Array, b: Uint8Array): boolean;
  /** Fresh bytes from the platform's secure generator. */
  randomBytes(length: number): Uint8Array;
}
