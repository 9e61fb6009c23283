import { standardWebhooks } from "./profile/signature-profile.js";
import { formatSignature, signedContent } from "./profile/signed-content.js";
import { decodeSecrets } from "./profile/signing-secret.js";
import { toBytes } from "./raw-body.js";
import { readSignedHeaders } from "./signed-headers.js";
import { checkSchema } from "./standard-schema.js";
import type { VerifiedWebhook, VerifyWebhookOptions } from "./verify-webhook.js";
import type { WebhookCrypto } from "./webhook-crypto.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

const profile = standardWebhooks;
const DEFAULT_TOLERANCE_SECONDS = 300;

/** Verifies with the crypto given. Untrusted input fails with a `WebhookVerificationError`, wrong options with a `TypeError`. */
export async function verifyWith<Event>(
  crypto: WebhookCrypto,
  untrusted: { readonly body: unknown; readonly headers: unknown; readonly secrets: unknown },
  options: VerifyWebhookOptions<Event>,
): Promise<VerifiedWebhook<Event>> {
  const { schema, now = new Date(), toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  checkOptions(now, toleranceSeconds);

  const keys = decodeSecrets(untrusted.secrets);
  const body = toBytes(untrusted.body);
  const { id, timestamp, signatures } = readSignedHeaders(untrusted.headers);
  const sentAt = new Date(Number(timestamp) * 1000);
  checkTimestamp(sentAt, now, toleranceSeconds);

  const content = signedContent(profile, { id, timestamp, body });
  await checkSignatures(crypto, keys, content, signatures);

  // Parsed from the copy that was verified: nobody can have changed it while we waited.
  const parsed = parseJson(content.subarray(content.length - body.length));
  return { event: schema ? await checkSchema(schema, parsed) : (parsed as Event), id, timestamp: sentAt };
}

function checkOptions(now: Date, toleranceSeconds: number): void {
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0) {
    throw new TypeError("options.toleranceSeconds must be a finite number of seconds, 0 or more.");
  }
  if (Number.isNaN(now.getTime())) throw new TypeError("options.now must be a valid Date.");
}

function checkTimestamp(sentAt: Date, now: Date, toleranceSeconds: number): void {
  const ageSeconds = (now.getTime() - sentAt.getTime()) / 1000;
  if (Math.abs(ageSeconds) <= toleranceSeconds) return;
  const distance = `${Math.ceil(Math.abs(ageSeconds))} s`;
  throw ageSeconds > 0
    ? new WebhookVerificationError(
        "timestamp_too_old",
        `${profile.headers.timestamp} lies ${distance} in the past, and ${toleranceSeconds} s are accepted. Answer 400 and the ` +
          "sender signs anew when it retries. If this happens to every webhook, set this machine's clock.",
      )
    : new WebhookVerificationError(
        "timestamp_too_new",
        `${profile.headers.timestamp} lies ${distance} in the future, and ${toleranceSeconds} s are accepted. ` +
          "Set this machine's clock (NTP); if it is right, tell the sender that theirs is not.",
      );
}

/** Tries every key on every signature, whatever matches, so that time tells nothing about which did. */
async function checkSignatures(
  crypto: WebhookCrypto,
  keys: readonly Uint8Array[],
  content: Uint8Array,
  signatures: readonly string[],
): Promise<void> {
  const encoder = new TextEncoder();
  const received = signatures.map((signature) => encoder.encode(signature));
  let matched = false;
  for (const key of keys) {
    const expected = encoder.encode(formatSignature(profile, await crypto.hmacSha256(key, content)));
    for (const signature of received) matched = crypto.equalBytes(expected, signature) || matched;
  }
  if (matched) return;
  throw new WebhookVerificationError(
    "no_matching_signature",
    signatures.some((signature) => signature.startsWith(profile.prefix))
      ? `No signature in ${profile.headers.signature} fits. Check that the secret is this endpoint's own and current, and that ` +
          "the body is what was received, byte for byte: not parsed and written again."
      : `${profile.headers.signature} holds no signature of version v1. Ask the sender to sign with HMAC-SHA256 (v1).`,
  );
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new WebhookVerificationError(
      "payload_not_json",
      "The webhook is authentic, but its body is not JSON in UTF-8. Ask the sender which content type this event has.",
    );
  }
}
