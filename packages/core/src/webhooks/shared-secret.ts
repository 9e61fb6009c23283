import { decodeSigningKey, isWebhookVerificationError, type SignatureProfile } from "@tenon/verify-webhook";
import { ConfigError, type InputProblem } from "../errors/tenon-error.js";
import { createSecret, type Secret } from "../secret/secret.js";

/** Every receiver could find a shorter one by trial, and then forge what all the others get. */
const FEWEST_CHARACTERS = 16;

/**
 * Judges the secrets that a host shares with all its receivers, by every format that they are to sign in.
 * @throws {ConfigError} listing every problem with its place, never the text.
 */
export function checkSharedSecrets(
  given: string | readonly string[] | undefined,
  profiles: readonly SignatureProfile[],
): readonly Secret[] {
  const texts = typeof given === "string" ? [given] : (given ?? []);
  const problems: InputProblem[] = [];
  if (given !== undefined && texts.length === 0)
    problems.push({ pointer: "/sharedSecret", message: "must not be empty" });
  for (const [index, text] of texts.entries()) {
    const message = findProblem(text, profiles);
    const pointer = typeof given === "string" ? "/sharedSecret" : `/sharedSecret/${index}`;
    if (message !== undefined) problems.push({ pointer, message });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return texts.map(createSecret);
}

function findProblem(text: string, profiles: readonly SignatureProfile[]): string | undefined {
  if (text.length < FEWEST_CHARACTERS) return `must have at least ${FEWEST_CHARACTERS} characters`;
  if (/^wh[sp]k_/.test(text)) return "must not be an ed25519 key: endpoints have key pairs of their own";
  const unfit = profiles.find((profile) => !canSign(text, profile));
  if (unfit === undefined) return undefined;
  return `can't sign in the format with the header ${unfit.headers.signature}: it takes "whsec_" and 24 to 64 bytes in base64`;
}

function canSign(text: string, profile: SignatureProfile): boolean {
  try {
    decodeSigningKey(text, profile);
    return true;
  } catch (error) {
    if (isWebhookVerificationError(error)) return false;
    throw error;
  }
}
