import { WebhookVerificationError } from "../webhook-verification-error.js";
import { decodeBase64, encodeUtf8 } from "./encoding.js";
import { type SignatureProfile, standardWebhooks } from "./signature-profile.js";

const HMAC_PREFIX = "whsec_";
const PUBLIC_KEY = { prefix: "whpk_", sizes: [32] };
// Some tools write the public key behind the seed.
const PRIVATE_KEY = { prefix: "whsk_", sizes: [32, 64] };

/** What a secret's text stands for. For ed25519: the 32 bytes of the public key, or of the seed that signs. */
export interface WebhookKey {
  readonly algorithm: "hmac-sha256" | "ed25519";
  readonly bytes: Uint8Array;
}

type KeyForm = Pick<SignatureProfile, "key" | "ed25519Prefix">;

/**
 * Returns the key that signs.
 *
 * With `key: "whsec"`: strict base64 of 24 to 64 bytes behind `whsec_` (which may be missing, as the reference
 * libraries allow), or, where the profile has ed25519, `whsk_` and the base64 of 32 bytes (64 where the public key
 * follows the seed; it is left alone). With `key: "utf8"`: the whole text, prefix included, not empty.
 *
 * @throws {WebhookVerificationError} `malformed_secret` for any other text. The message doesn't repeat it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export function decodeSigningKey(text: string, profile: KeyForm = standardWebhooks): WebhookKey {
  const { algorithm, bytes } = decodeKey("The secret", text, profile, PRIVATE_KEY);
  return { algorithm, bytes: algorithm === "ed25519" ? bytes.subarray(0, 32) : bytes };
}

/**
 * Returns the keys that verify, in order: as `decodeSigningKey`, but `whpk_` and the base64 of 32 bytes for ed25519.
 *
 * @param secrets A text or a list of texts; anything else is refused like an empty list.
 * @throws {WebhookVerificationError} `malformed_secret` for an empty list or a bad secret in it.
 */
export function decodeVerifyingKeys(
  secrets: unknown,
  profile: KeyForm = standardWebhooks,
): readonly WebhookKey[] {
  if (typeof secrets === "string") return [decodeKey("The secret", secrets, profile, PUBLIC_KEY)];
  const texts = copyList(secrets);
  if (texts.length === 0) {
    throw malformed("No secret was given. Pass the endpoint's signing secret (whsec_…), or several.");
  }
  return texts.map((text, index) => decodeKey(`secrets[${index}]`, text, profile, PUBLIC_KEY));
}

function copyList(list: unknown): readonly unknown[] {
  try {
    return Array.isArray(list) ? Array.from(list) : [];
  } catch {
    return [];
  }
}

function decodeKey(name: string, text: unknown, form: KeyForm, ed25519: typeof PUBLIC_KEY): WebhookKey {
  if (typeof text !== "string" || text === "") {
    throw malformed(`${name} is empty or not a string. Is its environment variable set?`);
  }
  const key = decodeText(text, form, ed25519);
  if (key !== undefined) return key;
  throw malformed(
    `${name} is not a signing secret. Copy it again, whole and without spaces: ` +
      `whsec_ and the base64 of 24 to 64 bytes, or ${ed25519.prefix} and that of 32.`,
  );
}

function decodeText(text: string, form: KeyForm, ed25519: typeof PUBLIC_KEY): WebhookKey | undefined {
  // Never an HMAC key, in no format: whoever reads a public key could sign with it.
  if (/^wh[ps]k_/.test(text)) {
    if (form.ed25519Prefix === undefined || !text.startsWith(ed25519.prefix)) return undefined;
    const bytes = decodeBase64(text.slice(ed25519.prefix.length));
    return bytes && ed25519.sizes.includes(bytes.length) ? { algorithm: "ed25519", bytes } : undefined;
  }
  const isText = form.key === "utf8";
  const bytes = isText
    ? encodeUtf8(text)
    : decodeBase64(text.startsWith(HMAC_PREFIX) ? text.slice(HMAC_PREFIX.length) : text);
  const isKey = bytes && (isText || (bytes.length >= 24 && bytes.length <= 64));
  return isKey ? { algorithm: "hmac-sha256", bytes } : undefined;
}

function malformed(message: string): WebhookVerificationError {
  return new WebhookVerificationError("malformed_secret", message);
}
