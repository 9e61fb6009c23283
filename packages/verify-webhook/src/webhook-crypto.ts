/** What is signed: bytes, or a well-formed text that stands for its UTF-8 and need not be copied to be read. */
export type SignedContent = string | Uint8Array;

/** How a MAC is written: base64 with padding (RFC 4648 §4), or lowercase hex. */
export type MacEncoding = "base64" | "hex";

/** What both forms of `#crypto` export: node:crypto for Node, Bun and Deno, WebCrypto elsewhere. */
export interface WebhookCrypto {
  /** HMAC-SHA256 (RFC 2104) as text; at once where the platform can. The key is not empty, and never changes. */
  hmacSha256(key: Uint8Array, content: SignedContent, encoding: MacEncoding): string | Promise<string>;
  /** Whether the 64 bytes are this ed25519 public key's signature of the content (RFC 8032). */
  verifyEd25519(publicKey: Uint8Array, content: SignedContent, signature: Uint8Array): Promise<boolean>;
  /** The ed25519 signature by a seed of 32 bytes (RFC 8032), 64 bytes. */
  signEd25519(seed: Uint8Array, content: SignedContent): Promise<Uint8Array>;
  /** Whether two texts are equal, in a time that depends on their lengths only. `expected` is ASCII. */
  equalTexts(expected: string, received: string): boolean;
  /** Fresh bytes from the platform's secure generator. */
  randomBytes(length: number): Uint8Array;
  /** Writes bytes as text. For short inputs: keys and MACs. */
  encodeBytes(bytes: Uint8Array, encoding: MacEncoding): string;
  /** Returns the bytes, or undefined unless `text` is exactly what `encodeBytes` writes for them in base64. */
  decodeBase64(text: string): Uint8Array | undefined;
}

/** The part that verifies. */
export type VerifyingCrypto = Pick<WebhookCrypto, "hmacSha256" | "verifyEd25519" | "equalTexts">;

/** The part that signs. */
export type SigningCrypto = Pick<WebhookCrypto, "hmacSha256" | "signEd25519" | "randomBytes">;
