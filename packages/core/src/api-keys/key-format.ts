import { base62Width, encodeBase62, isBase62 } from "../encoding/base62.js";
import { randomBase62 } from "../encoding/random-base62.js";
import { ConfigError, type InputProblem, ValidationError } from "../errors/tenon-error.js";
import type { Random } from "../ports/random.js";
import { CHECKSUM_LENGTH, checksumOf, hasValidChecksum } from "./key-checksum.js";

/** How long a key's body is: random bytes written in base62 and then a checksum, or characters, checksum included. */
export type KeyBody = { readonly bytes: number } | { readonly characters: number };

export interface KeyFormatOptions {
  /** A letter, then letters, digits or `_`, at most 31 characters; not ending in `_`. */
  readonly prefix: string;
  /** Letters and digits; every key is of one of them. Default none: `{prefix}_{body}`. */
  readonly environments?: readonly string[];
  /** Default `{ bytes: 32 }`. From 16 to 64 bytes, or from 28 to 128 characters. */
  readonly body?: KeyBody;
}

/** The shape of a host's keys: `{prefix}_{environment}_{body}`, the body ending in six characters of checksum. */
export interface KeyFormat {
  readonly prefix: string;
  readonly environments: readonly string[];
  readonly body: KeyBody;
  /** How a text may begin, one for each environment, in their order: `sk_live_`. Made once: each request asks. */
  readonly heads: readonly string[];
  /** Characters of the body, checksum included. */
  readonly bodyLength: number;
  /** Characters of the longest text. */
  readonly longestText: number;
}

export type KeyTextVerdict =
  | { readonly ok: true; readonly environment: string | undefined }
  /** `prefix`: not a key of this format at all; it may be somebody else's credential. */
  | { readonly ok: false; readonly reason: "too_long" | "prefix" | "environment" | "malformed" | "checksum" };

const START_LENGTH = 4;
const PREFIX_PATTERN = /^[A-Za-z](?:[A-Za-z0-9_]{0,29}[A-Za-z0-9])?$/;
const ENVIRONMENT_PATTERN = /^[A-Za-z0-9]{1,20}$/;
const DEFAULT_BODY: KeyBody = { bytes: 32 };

/**
 * Makes a key format.
 * @throws {ConfigError} naming every option that breaks a rule.
 * @example
 * const format = createKeyFormat({ prefix: "sk", environments: ["live", "test"] });
 * const text = generateKeyText(format, "live", random); // sk_live_…
 */
export function createKeyFormat(options: KeyFormatOptions): KeyFormat {
  const { prefix, environments = [], body = DEFAULT_BODY } = options;
  const problems: InputProblem[] = [];
  if (!PREFIX_PATTERN.test(prefix)) {
    problems.push({
      pointer: "/prefix",
      message: "must be a letter, then letters, digits or _, at most 31 characters, not ending in _",
    });
  }
  for (const [index, environment] of environments.entries()) {
    if (!ENVIRONMENT_PATTERN.test(environment)) {
      problems.push({ pointer: `/environments/${index}`, message: "must be 1 to 20 letters or digits" });
    }
  }
  if (new Set(environments).size < environments.length) {
    problems.push({ pointer: "/environments", message: "must not repeat a name" });
  }
  if ("bytes" in body ? !isWhole(body.bytes, 16, 64) : !isWhole(body.characters, 28, 128)) {
    problems.push({ pointer: "/body", message: "must be 16 to 64 bytes or 28 to 128 characters" });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const heads =
    environments.length === 0
      ? [headOf(prefix, undefined)]
      : environments.map((environment) => headOf(prefix, environment));
  const bodyLength = "bytes" in body ? base62Width(body.bytes) + CHECKSUM_LENGTH : body.characters;
  return Object.freeze({
    prefix,
    environments: Object.freeze([...environments]),
    body: Object.freeze({ ...body }),
    heads: Object.freeze(heads),
    bodyLength,
    longestText: Math.max(...heads.map((head) => head.length)) + bodyLength,
  });
}

/**
 * Generates a new key text. The text is the secret: wrap it, show it once, store only its hash.
 * @param environment one of the format's; undefined where it has none.
 * @throws {ValidationError} for an environment the format doesn't have.
 */
export function generateKeyText(format: KeyFormat, environment: string | undefined, random: Random): string {
  const head = headOf(format.prefix, environment);
  if (!format.heads.includes(head)) {
    const names = format.environments.join(", ");
    throw new ValidationError([
      { pointer: "/environment", message: names === "" ? "must be left out" : `must be one of: ${names}` },
    ]);
  }
  const start = head + randomBody(format, random);
  return start + checksumOf(start);
}

/**
 * Judges a text before any I/O, in a time that does not grow with its length. A text that passes can still be unknown.
 * @param text untrusted, of any length.
 */
export function parseKeyText(format: KeyFormat, text: string): KeyTextVerdict {
  const verdict = parseKeyShape(format, text);
  return verdict.ok && !hasValidChecksum(text) ? { ok: false, reason: "checksum" } : verdict;
}

/** Judges a text as `parseKeyText` does, but for its checksum. */
export function parseKeyShape(format: KeyFormat, text: string): KeyTextVerdict {
  const { prefix, heads, bodyLength, longestText } = format;
  if (!text.startsWith(prefix) || text[prefix.length] !== "_") return { ok: false, reason: "prefix" };
  for (let position = 0; position < heads.length; position++) {
    const head = heads[position] ?? "";
    // Only letters and digits may follow, so no other head can begin like this and go on with "_".
    if (text.length !== head.length + bodyLength || !text.startsWith(head)) continue;
    if (!isBase62(text, head.length)) break;
    return { ok: true, environment: format.environments[position] };
  }
  if (text.length > longestText) return { ok: false, reason: "too_long" };
  // From the right: a prefix may hold "_", a body cannot.
  const isKnownHead = heads.includes(text.slice(0, text.lastIndexOf("_") + 1));
  return { ok: false, reason: isKnownHead ? "malformed" : "environment" };
}

/**
 * The source of a regular expression that finds this format's keys in text, for secret scanners. It needs nothing
 * beyond RE2, and nothing in it needs escaping: prefix and environments are letters, digits and `_`.
 */
export function keyPattern(format: KeyFormat): string {
  const { prefix, environments } = format;
  const environment = environments.length === 0 ? "" : `(?:${environments.join("|")})_`;
  return `\\b${prefix}_${environment}[0-9A-Za-z]{${format.bodyLength}}\\b`;
}

/** The first characters of a key, for display: prefix, environment and the first four of the body. */
export function keyStart(format: KeyFormat, text: string): string {
  return text.slice(0, text.length - format.bodyLength + START_LENGTH);
}

function headOf(prefix: string, environment: string | undefined): string {
  return environment === undefined ? `${prefix}_` : `${prefix}_${environment}_`;
}

function randomBody({ body }: KeyFormat, random: Random): string {
  if ("bytes" in body) return encodeBase62(random.bytes(body.bytes), base62Width(body.bytes));
  return randomBase62(body.characters - CHECKSUM_LENGTH, random);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
