import {
  decodeSigningKey,
  formatSignature,
  formatSignedHeaders,
  formatTimestamp,
  type SignatureProfile,
  signedContent,
} from "@tenon/verify-webhook";
import type { Crypto } from "../ports/crypto.js";
import type { Secret } from "../secret/secret.js";

/**
 * The headers of one signed attempt, in every format side by side. Where a format's header may hold several
 * signatures, every secret signs, so that a rotation never breaks a receiver; where it holds one, the newest signs.
 * An ed25519 key (`whsk_…`) signs in the formats that have ed25519, and is passed over in the others.
 * @throws {WebhookVerificationError} `malformed_secret` where no secret can sign in any format.
 */
export function signedHeaders({
  messageId,
  timestamp,
  body,
  secrets,
  profiles,
  crypto,
}: {
  readonly messageId: string;
  /** The attempt's instant: receivers refuse old ones. */
  readonly timestamp: Date;
  readonly body: Uint8Array;
  /** Newest first. */
  readonly secrets: readonly Secret[];
  readonly profiles: readonly SignatureProfile[];
  readonly crypto: Crypto;
}): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const texts = secrets.map((secret) => secret.reveal());
  const canSign = profiles.filter((profile) => texts.some((text) => fits(text, profile)));
  for (const profile of canSign.length > 0 ? canSign : profiles) {
    const fitting = canSign.length > 0 ? texts.filter((text) => fits(text, profile)) : texts;
    const timestampText = formatTimestamp(profile, timestamp);
    const content = signedContent(profile, { id: messageId, timestamp: timestampText, body });
    const signing = profile.separator === undefined ? fitting.slice(0, 1) : fitting;
    const signatures = signing.map((text) => sign(text, profile, content, crypto));
    Object.assign(
      headers,
      formatSignedHeaders(profile, { id: messageId, timestamp: timestampText, signatures }),
    );
  }
  return headers;
}

function fits(secret: string, { ed25519Prefix }: SignatureProfile): boolean {
  return ed25519Prefix !== undefined || !secret.startsWith("whsk_");
}

function sign(secret: string, profile: SignatureProfile, content: Uint8Array, crypto: Crypto): string {
  const { algorithm, bytes } = decodeSigningKey(secret, profile);
  const signature =
    algorithm === "ed25519" ? crypto.ed25519Sign(bytes, content) : crypto.hmacSha256(bytes, content);
  return formatSignature(profile, signature, algorithm);
}
