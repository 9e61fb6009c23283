import {
  decodeSecret,
  formatSignature,
  formatTimestamp,
  signedContent,
  standardWebhooks,
} from "@tenon/verify-webhook";
import type { Crypto } from "../ports/crypto.js";
import type { Secret } from "../secret/secret.js";

/** The headers of one signed attempt: every active secret signs, so that a rotation never breaks a receiver. */
export function signedHeaders({
  messageId,
  timestamp,
  body,
  secrets,
  crypto,
}: {
  readonly messageId: string;
  /** The attempt's instant: receivers refuse old ones. */
  readonly timestamp: Date;
  readonly body: Uint8Array;
  readonly secrets: readonly Secret[];
  readonly crypto: Crypto;
}): Readonly<Record<string, string>> {
  const timestampText = formatTimestamp(standardWebhooks, timestamp);
  const content = signedContent(standardWebhooks, { id: messageId, timestamp: timestampText, body });
  const signatures = secrets.map((secret) =>
    formatSignature(standardWebhooks, crypto.hmacSha256(decodeSecret(secret.reveal()), content)),
  );
  return {
    "content-type": "application/json",
    [standardWebhooks.headers.id]: messageId,
    [standardWebhooks.headers.timestamp]: timestampText,
    [standardWebhooks.headers.signature]: signatures.join(" "),
  };
}
