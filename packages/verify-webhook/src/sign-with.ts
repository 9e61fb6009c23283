import { encodeHex } from "./profile/encoding.js";
import { standardWebhooks } from "./profile/signature-profile.js";
import { formatSignature, formatTimestamp, signedContent } from "./profile/signed-content.js";
import { decodeSecret } from "./profile/signing-secret.js";
import { toBytes } from "./raw-body.js";
import type { SignedWebhookHeaders, SignWebhookOptions } from "./sign-webhook.js";
import { isMessageId } from "./signed-headers.js";
import type { WebhookCrypto } from "./webhook-crypto.js";

const RANDOM_ID_BYTES = 16;

/** Signs with the crypto given. */
export async function signWith(
  crypto: WebhookCrypto,
  body: unknown,
  options: SignWebhookOptions,
): Promise<SignedWebhookHeaders> {
  const {
    secret,
    id = `msg_${encodeHex(crypto.randomBytes(RANDOM_ID_BYTES))}`,
    timestamp = new Date(),
  } = options;
  if (!isMessageId(id)) {
    throw new TypeError("options.id must be 1 to 256 visible ASCII characters without a full stop.");
  }
  const key = decodeSecret(secret);
  const seconds = formatTimestamp(standardWebhooks, timestamp);
  const content = signedContent(standardWebhooks, { id, timestamp: seconds, body: toBytes(body) });
  return {
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": formatSignature(standardWebhooks, await crypto.hmacSha256(key, content)),
  };
}
