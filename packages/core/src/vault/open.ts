import { decodeProtectedHeader, flattenedDecrypt } from "jose";
import { encodeBase64url } from "../encoding/base64url.js";
import { TenonError } from "../errors/tenon-error.js";
import { createSecret, type Secret } from "../secret/secret.js";
import { type KeyRing, VAULT_KEY_ID_PATTERN } from "./key-ring.js";
import { encodePlace, type VaultPlace } from "./place.js";

interface SealedText {
  readonly protected: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** Opens a sealed text at its place. Nothing but the four members that sealing writes is read from it. */
export async function openText(ring: KeyRing, place: VaultPlace, sealed: string): Promise<Secret> {
  const parts = parseSealedText(sealed);
  const keyId = parts && readKeyId(parts);
  if (parts === undefined || keyId === undefined) throw openFailed("it is not a sealed text");
  const key = await ring.find(keyId);
  if (key === undefined) {
    throw new TenonError(
      "VAULT_KEY_MISSING",
      `The vault has no key "${keyId}": add it after the key that seals.`,
    );
  }
  try {
    const { plaintext } = await flattenedDecrypt(
      { ...parts, aad: encodeBase64url(encodePlace(place)) },
      key.opening,
      {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      },
    );
    return createSecret(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plaintext));
  } catch {
    throw openFailed("it was changed, or it belongs to another tenant, record or field");
  }
}

function parseSealedText(sealed: string): SealedText | undefined {
  let value: unknown;
  try {
    value = JSON.parse(sealed);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { protected: header, iv, ciphertext, tag } = value as Readonly<Record<string, unknown>>;
  if (typeof header !== "string" || typeof iv !== "string") return undefined;
  if (typeof ciphertext !== "string" || typeof tag !== "string") return undefined;
  return { protected: header, iv, ciphertext, tag };
}

function readKeyId(parts: SealedText): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(parts);
    return kid !== undefined && VAULT_KEY_ID_PATTERN.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}

function openFailed(why: string): TenonError {
  return new TenonError("VAULT_OPEN_FAILED", `A stored secret could not be opened: ${why}.`);
}
