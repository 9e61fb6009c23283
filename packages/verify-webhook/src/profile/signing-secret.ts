import { WebhookVerificationError } from "../webhook-verification-error.js";
import { decodeBase64, encodeUtf8 } from "./encoding.js";
import type { SignatureProfile } from "./signature-profile.js";

const PREFIX = "whsec_";
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/**
 * Returns the HMAC key that a secret's text stands for.
 *
 * `whsec` (the default): strict base64 of 24 to 64 bytes behind `whsec_`; the prefix may be missing, as the
 * reference libraries allow. `utf8`: the whole text, prefix included, not empty.
 *
 * @throws {WebhookVerificationError} `malformed_secret` for any other text. The message doesn't repeat it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export function decodeSecret(text: string, key: SignatureProfile["key"] = "whsec"): Uint8Array {
  return decodeNamedSecret("The secret", text, key);
}

/** Returns the key of every secret, in order. Throws `malformed_secret` for an empty list or a bad one in it. */
export function decodeSecrets(secrets: unknown): readonly Uint8Array[] {
  if (typeof secrets === "string") return [decodeSecret(secrets)];
  const texts = copyList(secrets);
  if (texts.length === 0) {
    throw malformed("No secret was given. Pass the endpoint's signing secret (whsec_…), or a list of them.");
  }
  return texts.map((text, index) => decodeNamedSecret(`secrets[${index}]`, text, "whsec"));
}

function copyList(list: unknown): readonly unknown[] {
  try {
    return Array.isArray(list) ? Array.from(list) : [];
  } catch {
    return [];
  }
}

function decodeNamedSecret(name: string, text: unknown, key: SignatureProfile["key"]): Uint8Array {
  if (typeof text !== "string" || text === "") {
    throw malformed(`${name} is empty or not a string. Is the environment variable that holds it set?`);
  }
  const bytes =
    key === "utf8"
      ? encodeUtf8(text)
      : decodeBase64(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text);
  if (bytes === undefined || (key === "whsec" && !isKeySize(bytes.length))) {
    throw malformed(
      `${name} is not a signing secret. Copy it again, whole and without spaces or line breaks: ` +
        `${PREFIX} and the base64 of ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes.`,
    );
  }
  return bytes;
}

function isKeySize(bytes: number): boolean {
  return bytes >= MIN_KEY_BYTES && bytes <= MAX_KEY_BYTES;
}

function malformed(message: string): WebhookVerificationError {
  return new WebhookVerificationError("malformed_secret", message);
}
