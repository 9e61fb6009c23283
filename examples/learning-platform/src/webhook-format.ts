import type { Envelope } from "@tenon/core";
import { checkWebhook, type SignatureProfile } from "@tenon/verify-webhook";

/** What partners get. */
export const aivoEnvelope: Envelope = ({ messageId, type, tenantId, timestamp, data }) => ({
  id: messageId,
  type,
  tenantId,
  createdAt: timestamp.toISOString(),
  data,
});

/** How it is signed: `sha256=` and hex, over `<milliseconds>.<body>`, with the whole secret as the key. */
export const aivoSignature = {
  headers: { timestamp: "x-aivo-timestamp", signature: "x-aivo-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "milliseconds",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;

/** For partners: whether `secret` signed the raw `payload` at most five minutes ago. It never rejects. */
export async function verifyWebhook(payload: string, signature: string, timestamp: string, secret: string) {
  // Some partners cut it off.
  const prefix = `${signature}`.startsWith(aivoSignature.prefix) ? aivoSignature.prefix : "";
  const headers = { "x-aivo-signature": signature, "x-aivo-timestamp": timestamp };
  return (await checkWebhook(payload, headers, secret, { profiles: { ...aivoSignature, prefix } })).ok;
}
