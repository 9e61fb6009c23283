import {
  decodeSigningKey,
  formatSignature,
  formatSignedHeaders,
  formatTimestamp,
  type SignatureProfile,
  signedContent,
  type WebhookKey,
} from "@tenon/verify-webhook";
import type { Crypto } from "../ports/crypto.js";
import type { Secret } from "../secret/secret.js";

const decodedKeys = new WeakMap<Secret, WeakMap<SignatureProfile, WebhookKey>>();

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
  const canSign = profiles.filter((profile) => secrets.some((secret) => fits(secret, profile)));
  for (const profile of canSign.length > 0 ? canSign : profiles) {
    const fitting = canSign.length > 0 ? secrets.filter((secret) => fits(secret, profile)) : secrets;
    const timestampText = formatTimestamp(profile, timestamp);
    const content = signedContent(profile, { id: messageId, timestamp: timestampText, body });
    const signing = profile.separator === undefined ? fitting.slice(0, 1) : fitting;
    const signatures = signing.map((secret) => sign(secret, profile, content, crypto));
    Object.assign(
      headers,
      formatSignedHeaders(profile, { id: messageId, timestamp: timestampText, signatures }),
    );
  }
  return headers;
}

function fits(secret: Secret, { ed25519Prefix }: SignatureProfile): boolean {
  return ed25519Prefix !== undefined || !secret.reveal().startsWith("whsk_");
}

function sign(secret: Secret, profile: SignatureProfile, content: Uint8Array, crypto: Crypto): string {
  const { algorithm, bytes } = signingKey(secret, profile);
  const signature =
    algorithm === "ed25519" ? crypto.ed25519Sign(bytes, content) : crypto.hmacSha256(bytes, content);
  return formatSignature(profile, signature, algorithm);
}

/** A secret's key in a format, decoded once: it is kept as long as the secret itself, which holds the text anyway. */
function signingKey(secret: Secret, profile: SignatureProfile): WebhookKey {
  const keys = decodedKeys.get(secret) ?? new WeakMap<SignatureProfile, WebhookKey>();
  decodedKeys.set(secret, keys);
  const known = keys.get(profile) ?? decodeSigningKey(secret.reveal(), profile);
  keys.set(profile, known);
  return known;
}
