import { ConfigError, type InputProblem } from "../errors/tenon-error.js";
import type { KeyHashFormat } from "./hash-key.js";
import { type KeyFormat, type KeyTextVerdict, parseKeyShape, parseKeyText } from "./key-format.js";

/** How keys look that were issued elsewhere and imported by their hashes. */
export interface AcceptedFormatOptions {
  /**
   * What the whole text of such a key matches; `^` and `$` are added. It runs on untrusted text of at most 256
   * characters, so write it for a fixed length (`/legacy_[0-9a-f]{40}/`): one with a repetition inside a repetition, such
   * as `(a+)+`, can take for ever. It should match nothing that is somebody else's, such as a JWT.
   * Keys with a comma can't be taken from a request: there it stands between two values of a header.
   */
  readonly pattern: RegExp | string;
  /** How the hashes of such keys are written where they come from. Default `sha256-hex`. */
  readonly hash?: KeyHashFormat;
}

export interface AcceptedFormat {
  /** Anchored, and without state. */
  readonly pattern: RegExp;
  readonly hash: KeyHashFormat;
}

/** What passes for a key: the format that new keys are made in, and those of keys issued elsewhere. */
export interface KeyFormats {
  readonly format: KeyFormat;
  readonly acceptedFormats: readonly AcceptedFormat[];
}

/** Longer texts match no accepted format: the pattern isn't even tried. */
const MAX_ACCEPTED_LENGTH = 256;

/**
 * Makes accepted formats.
 * @throws {ConfigError} naming every pattern that is no regular expression.
 */
export function createAcceptedFormats(options: readonly AcceptedFormatOptions[]): readonly AcceptedFormat[] {
  const problems: InputProblem[] = [];
  const formats = options.flatMap(({ pattern, hash = "sha256-hex" }, index) => {
    try {
      return [Object.freeze({ pattern: anchored(pattern), hash })];
    } catch {
      problems.push({
        pointer: `/acceptedFormats/${index}/pattern`,
        message: "must be a regular expression",
      });
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return formats;
}

/**
 * Judges a text before any I/O: a key of our format, or of one that is accepted beside it. A text that passes can
 * still be unknown.
 * @param text untrusted, of any length.
 */
export function recognizeKeyText(formats: KeyFormats, text: string): KeyTextVerdict {
  return orAccepted(parseKeyText(formats.format, text), formats, text);
}

/** Judges a text as `recognizeKeyText` does, but for the checksum that keys of our format end in. */
export function recognizeKeyShape(formats: KeyFormats, text: string): KeyTextVerdict {
  return orAccepted(parseKeyShape(formats.format, text), formats, text);
}

function orAccepted(verdict: KeyTextVerdict, { acceptedFormats }: KeyFormats, text: string): KeyTextVerdict {
  if (verdict.ok || acceptedFormats.length === 0 || text.length > MAX_ACCEPTED_LENGTH) return verdict;
  return acceptedFormats.some(({ pattern }) => pattern.test(text))
    ? { ok: true, environment: undefined }
    : verdict;
}

/**
 * Whether a text is worth hashing, told by its length and its beginning alone. What the hash then finds in a cache of
 * judged keys needs no judging again; `recognizeKeyText` has the last word on anything else.
 * @param text untrusted, of any length.
 */
export function couldBeKeyText({ format, acceptedFormats }: KeyFormats, text: string): boolean {
  if (acceptedFormats.length > 0 && text.length <= MAX_ACCEPTED_LENGTH) return true;
  return text.length <= format.longestText && text.startsWith(format.prefix);
}

function anchored(pattern: RegExp | string): RegExp {
  const { source, flags } = typeof pattern === "string" ? { source: pattern, flags: "" } : pattern;
  // Alone first, so that an unbalanced bracket can't break out of the group that anchors it.
  new RegExp(source, flags);
  // `m` would let ^ and $ match inside the text; `g` and `y` would make a pattern remember where it was.
  return new RegExp(`^(?:${source})$`, flags.replace(/[gmy]/g, ""));
}
