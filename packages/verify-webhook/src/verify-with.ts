import { checkSignatures } from "./check-signatures.js";
import { checkTimestamp, withoutTimestamp } from "./check-timestamp.js";
import { type SignatureProfile, standardWebhooks } from "./profile/signature-profile.js";
import { contentOf } from "./profile/signed-content.js";
import { decodeVerifyingKeys } from "./profile/webhook-key.js";
import { readRawBody } from "./raw-body.js";
import { hasHeader, readSignedHeaders } from "./signed-headers.js";
import { checkSchema } from "./standard-schema.js";
import type {
  VerifiedProfileWebhook,
  VerifyProfilesOptions,
  VerifyWebhookOptions,
} from "./verify-webhook.js";
import type { VerifyingCrypto } from "./webhook-crypto.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

const DEFAULT_TOLERANCE_SECONDS = 300;

/** Verifies with the crypto given. Untrusted input fails with a `WebhookVerificationError`, wrong options with a `TypeError`. */
export async function verifyWith<Event>(
  crypto: VerifyingCrypto,
  untrusted: { readonly body: unknown; readonly headers: unknown; readonly secrets: unknown },
  options: VerifyWebhookOptions<Event> | VerifyProfilesOptions<Event>,
): Promise<VerifiedProfileWebhook<Event>> {
  const { schema, profiles = standardWebhooks, parse = JSON.parse, now = new Date() } = options;
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  checkTimeOptions(now, toleranceSeconds);
  const listed = (Array.isArray(profiles) ? profiles : [profiles]) as readonly SignatureProfile[];
  const keyed = listed.map((profile) => ({
    profile,
    keys: decodeVerifyingKeys(untrusted.secrets, profile),
  }));
  const body = readRawBody(untrusted.body);
  const present = keyed.filter(
    ({ profile }) => keyed.length === 1 || hasHeader(untrusted.headers, profile.headers.signature),
  );
  // Everything is read before the first wait: nobody can change the body between two formats' checks.
  const claims = (present.length > 0 ? present : keyed.slice(0, 1)).map(({ profile, keys }) => {
    const { id, timestamp, signatures } = readSignedHeaders(untrusted.headers, profile);
    const content = contentOf(profile, { id: id ?? "", timestamp: timestamp ?? "", body });
    const unitMs = profile.timestampUnit === "milliseconds" ? 1 : 1000;
    const sentAt = timestamp === undefined ? undefined : new Date(Number(timestamp) * unitMs);
    return { profile, keys, id, sentAt, signatures, content };
  });
  const strength = ({ id, sentAt }: (typeof claims)[number]) => (sentAt ? 2 : 0) + (id ? 1 : 0);
  // Throws a TypeError for no profiles at all.
  const strongest = claims.reduce((best, claim) => (strength(claim) > strength(best) ? claim : best));
  const { profile, id, sentAt, content } = strongest;
  if (sentAt === undefined && options.toleranceSeconds !== undefined) throw withoutTimestamp();
  for (const claim of claims) checkTimestamp(claim, now, toleranceSeconds);
  for (const claim of claims) await checkSignatures(crypto, claim);

  // The bytes that were verified: the caller's may have changed meanwhile.
  const verified = typeof content === "string" ? body : content.subarray(content.length - body.length);
  const parsed = parseBody(verified, parse);
  const event = schema ? await checkSchema(schema, parsed) : (parsed as Event);
  return { event, id, timestamp: sentAt, profile };
}

function checkTimeOptions(now: Date, toleranceSeconds: number): void {
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0) {
    throw new TypeError("options.toleranceSeconds must be finite, 0 or more.");
  }
  if (Number.isNaN(now.getTime())) throw new TypeError("options.now must be a valid Date.");
}

function parseBody(body: string | Uint8Array, parse: (text: string) => unknown): unknown {
  try {
    return parse(
      typeof body === "string"
        ? body
        : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body),
    );
  } catch (cause) {
    throw new WebhookVerificationError(
      "payload_not_json",
      "The webhook is authentic, but its body is not JSON in UTF-8. Ask the sender for its content type.",
      { cause },
    );
  }
}
