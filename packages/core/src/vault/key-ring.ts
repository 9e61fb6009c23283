import type { CryptoKey } from "jose";
import { decodeBase64url } from "../encoding/base64url.js";
import { ConfigError, type InputProblem } from "../errors/tenon-error.js";

export interface VaultKey {
  /** Stored beside everything this key seals: letters, digits, `.`, `_` or `-`, at most 64. */
  readonly id: string;
  /** 32 bytes in base64 or base64url, or any other text of at least 32 characters, which is taken as a passphrase. */
  readonly key: string;
}

export interface KeyRing {
  /** The key that seals: the first one given. */
  readonly sealingKeyId: string;
  /** Finds a key by its id; a passphrase is derived at its first use and kept. */
  find(id: string): Promise<RingKey> | undefined;
}

/** A key in the two forms in which it is used. */
export interface RingKey {
  /** Its 32 bytes, which seal. */
  readonly bytes: Uint8Array;
  /** The same to open with. */
  readonly opening: CryptoKey;
}

export const VAULT_KEY_ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

const KEY_BYTES = 32;
const SHORTEST_PASSPHRASE = 32;
/** OWASP's number for PBKDF2 with SHA-256. Stored texts depend on it: it can't change without a new key id. */
const PASSPHRASE_ROUNDS = 600_000;

/**
 * Checks the keys and holds them, as functions only: nothing here shows a key when it is logged. The first key seals, all
 * open.
 * @param keys newest first; keep an old key until nothing sealed with it is left.
 * @throws {ConfigError} naming every key that breaks a rule, never its text.
 */
export function createKeyRing(keys: readonly VaultKey[]): KeyRing {
  const [first] = keys;
  const problems = findProblems(keys);
  if (first === undefined || problems.length > 0) throw new ConfigError(problems);
  const finders = new Map(keys.map((key) => [key.id, once(() => makeKey(key))]));
  return { sealingKeyId: first.id, find: (id) => finders.get(id)?.() };
}

function findProblems(keys: readonly VaultKey[]): readonly InputProblem[] {
  if (keys.length === 0) return [{ pointer: "", message: "must hold at least one key" }];
  return keys.flatMap(({ id, key }, index) => {
    const problems: InputProblem[] = [];
    if (!VAULT_KEY_ID_PATTERN.test(id)) {
      problems.push({
        pointer: `/${index}/id`,
        message: "must be 1 to 64 letters, digits, dots, _ or -",
      });
    }
    if (keys.findIndex((other) => other.id === id) < index) {
      problems.push({ pointer: `/${index}/id`, message: "must not repeat another key's id" });
    }
    if (decodeKey(key) === undefined && [...key].length < SHORTEST_PASSPHRASE) {
      problems.push({
        pointer: `/${index}/key`,
        message: "must be 32 bytes in base64 or a passphrase of at least 32 characters",
      });
    }
    return problems;
  });
}

async function makeKey(key: VaultKey): Promise<RingKey> {
  const bytes = decodeKey(key.key) ?? (await deriveKey(key));
  const opening = await globalThis.crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
  return { bytes, opening };
}

async function deriveKey({ id, key }: VaultKey): Promise<Uint8Array<ArrayBuffer>> {
  const { subtle } = globalThis.crypto;
  const encoder = new TextEncoder();
  const passphrase = await subtle.importKey("raw", encoder.encode(key), "PBKDF2", false, ["deriveBits"]);
  const salt = encoder.encode(`tenon-vault:${id}`);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", iterations: PASSPHRASE_ROUNDS, salt };
  return new Uint8Array(await subtle.deriveBits(algorithm, passphrase, KEY_BYTES * 8));
}

function decodeKey(text: string): Uint8Array | undefined {
  const unpadded = text.replace(/=$/, "");
  const bytes = decodeBase64url(unpadded.replaceAll("+", "-").replaceAll("/", "_"));
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
