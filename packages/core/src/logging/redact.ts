import { isSecret } from "../secret/secret.js";

/** What stands in the place of what nobody is to read. */
export const MASK = "[secret]";

/** Texts that are secrets by their looks, wherever they stand. */
const SECRET_TEXTS: readonly RegExp[] = [
  /\bwhs(?:ec|k)_[A-Za-z0-9+/=_-]{8,}/g,
  /(?<=\b(?:Bearer|Basic|DPoP) )[A-Za-z0-9._~+/=-]{16,}/gi,
  /\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g,
  // A password in a URL, as drivers quote it.
  /(?<=:\/\/[^\s/@:]*:)[^\s/@]+(?=@)/g,
];

/** Fields whose text is a secret whatever it looks like: names of headers and of settings. */
const SECRET_FIELD =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api[-_]?key|pass(?:word|phrase)?|connection_?string|.*(?:secret|token))$/i;

const WORD = /[^\s"'`,;<>(){}[\]]{8,256}/g;
const MAX_DEPTH = 8;

/** What keys look like. */
export interface KeyLooks {
  /** Finds keys of the host's format in text; with the flag `g`. */
  readonly pattern: RegExp;
  /** Whether a word is, by its looks, a key that was issued elsewhere. */
  readonly isAccepted: (word: string) => boolean;
}

/**
 * Makes a function that gives a value without its secrets: `Secret`s, texts that look like secrets or like
 * keys, and what stands in fields with a secret's name. What holds none is given as it is, the very same object;
 * errors stay errors. Instances of classes are not looked into.
 */
export function createRedactor(keys: KeyLooks): <Value>(value: Value) => Value {
  const patterns = [...SECRET_TEXTS, keys.pattern];
  const redactText = (text: string) =>
    patterns
      .reduce((left, pattern) => left.replace(pattern, MASK), text)
      .replace(WORD, (word) => (keys.isAccepted(word) ? MASK : word));

  function redact(value: unknown, depth: number, ancestors: readonly object[]): unknown {
    if (typeof value === "string") return redactText(value);
    if (typeof value !== "object" || value === null) return value;
    if (isSecret(value)) return MASK;
    if (depth > MAX_DEPTH || ancestors.includes(value)) return value;
    const inside = (part: unknown) => redact(part, depth + 1, [...ancestors, value]);
    if (value instanceof Error) return redactError(value, inside);
    if (Array.isArray(value)) return keepIfSame(value, value.map(inside));
    return isPlain(value) ? keepIfSame(value, redactFields(value, inside)) : value;
  }

  return <Value>(value: Value) => redact(value, 0, []) as Value;
}

function redactFields(
  fields: Readonly<Record<string, unknown>>,
  redact: (part: unknown) => unknown,
): Record<string, unknown> {
  const redacted = Object.entries(fields).map(([name, value]) => [name, redactField(name, value, redact)]);
  return Object.fromEntries(redacted);
}

function redactField(name: string, value: unknown, redact: (part: unknown) => unknown): unknown {
  return typeof value === "string" && SECRET_FIELD.test(name) ? MASK : redact(value);
}

/** A copy of the error, of its class, with what it says redacted; the error itself where there was nothing to redact. */
function redactError(error: Error, redact: (part: unknown) => unknown): Error {
  const properties = Object.getOwnPropertyDescriptors(error) as Record<string, PropertyDescriptor>;
  let isChanged = false;
  for (const [name, property] of Object.entries(properties)) {
    // `stack` is an accessor in some engines.
    const value: unknown = name === "stack" ? error.stack : property.value;
    const redacted = redactField(name, value, redact);
    if (redacted === value) continue;
    isChanged = true;
    properties[name] = { value: redacted, enumerable: property.enumerable ?? false, configurable: true };
  }
  return isChanged ? Object.create(Object.getPrototypeOf(error), properties) : error;
}

function keepIfSame<Value extends object>(before: Value, after: object): Value {
  const parts = Object.entries(after);
  const isSame = parts.every(([name, part]) => Object.is((before as Record<string, unknown>)[name], part));
  return isSame ? before : (after as Value);
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
