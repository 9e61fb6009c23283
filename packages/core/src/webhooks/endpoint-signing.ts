import { createPublicId } from "../encoding/public-id.js";
import { ConflictError, type InputProblem, ValidationError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { EndpointSigning, SealedSecretRecord } from "../ports/endpoint-store.js";
import type { Random } from "../ports/random.js";
import type { Secret } from "../secret/secret.js";
import type { Vault } from "../vault/vault.js";
import type { SignatureProfile } from "./signature-profiles.js";
import {
  findSecretProblem,
  generateSigningKeyPair,
  generateSigningSecret,
  signingSecretPlace,
} from "./signing-secret.js";

/** What a host, and the formats it sends, can sign with. */
export interface SigningRules {
  readonly hasSharedSecret: boolean;
  readonly signatureProfiles: readonly SignatureProfile[];
}

/** What of an endpoint's signing this host, or one of its formats, can't do. */
export function findSigningProblems(
  {
    signing,
    secret,
  }: { readonly signing?: EndpointSigning | undefined; readonly secret?: Secret | undefined },
  { hasSharedSecret, signatureProfiles }: SigningRules,
): readonly InputProblem[] {
  const hasEd25519 = signatureProfiles.some(({ ed25519Prefix }) => ed25519Prefix !== undefined);
  if (signing === "shared" && !hasSharedSecret) {
    return [{ pointer: "/signing", message: 'must not be "shared": there is no webhooks.sharedSecret' }];
  }
  if (signing === "ed25519" && !hasEd25519) {
    return [{ pointer: "/signing", message: 'must not be "ed25519": no signature profile has it' }];
  }
  return signing === undefined ? [] : findSecretProblems(signing, secret);
}

function findSecretProblems(signing: EndpointSigning, secret: Secret | undefined): readonly InputProblem[] {
  if (secret === undefined) return [];
  const message =
    signing === "hmac" ? findSecretProblem(secret) : `must be left out: the endpoint signs with "${signing}"`;
  return message === undefined ? [] : [{ pointer: "/secret", message }];
}

/** A signing secret just made or brought. */
export interface NewSigningSecret {
  readonly record: SealedSecretRecord;
  /** What is shown once. A private key never is. */
  readonly secret: Secret | undefined;
  readonly publicKey: string | undefined;
}

/** Makes an endpoint's next signing secret, and seals it. */
export type CreateSigningSecret = (request: {
  readonly tenantId: string;
  readonly signing: EndpointSigning;
  readonly given: Secret | undefined;
}) => Promise<NewSigningSecret>;

/**
 * The secret is the given one, else fresh.
 * @throws {ValidationError} for a given one that can't sign; the text is not repeated.
 * @throws {ConflictError} for an endpoint that has no secret of its own.
 */
export function createSigningSecrets({
  vault,
  clock,
  random,
  crypto,
}: {
  readonly vault: () => Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
}): CreateSigningSecret {
  return async ({ tenantId, signing, given }) => {
    if (signing === "shared") {
      throw new ConflictError(
        "The endpoint signs with the secret that the host shares with all its receivers: it has none of its own to rotate.",
      );
    }
    const problems = findSecretProblems(signing, given);
    if (problems.length > 0) throw new ValidationError(problems);
    const { text, publicKey } = makeKey(signing, given);
    const id = createPublicId("sec", { clock, random });
    const place = signingSecretPlace({ tenantId, secretId: id });
    const sealed = await vault().seal({ text: text.reveal(), ...place });
    return { record: { id, sealed }, secret: signing === "hmac" ? text : undefined, publicKey };
  };

  function makeKey(signing: "hmac" | "ed25519", given: Secret | undefined) {
    if (signing === "hmac") return { text: given ?? generateSigningSecret(random), publicKey: undefined };
    const { privateKey, publicKey } = generateSigningKeyPair({ random, crypto });
    return { text: privateKey, publicKey };
  }
}

/** @throws {ConflictError} for an endpoint whose secret is nobody's to see. */
export function refuseToReveal(signing: EndpointSigning): void {
  if (signing === "ed25519") {
    throw new ConflictError(
      "The endpoint signs with a private key, which is never shown. Give its publicKey (whpk_…) to whoever verifies.",
    );
  }
  if (signing === "shared") {
    throw new ConflictError(
      "The endpoint signs with the secret that the host shares with all its receivers, which is not shown here.",
    );
  }
}
