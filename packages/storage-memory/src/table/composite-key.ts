const ABOVE_EVERY_ID = "\uffff";
const INSTANT_DIGITS = 16;

/**
 * Joins texts into a key that no other texts can produce, whatever they hold: each is preceded by its length.
 * Keys that continue it sort by what follows.
 */
export function scopeKey(...parts: readonly string[]): string {
  return joinKeys(...parts.map((part) => `${part.length}:${part}`));
}

/** Joins keys, in one piece: what `+` makes of longer texts is kept as a tree of them, for as long as the key is. */
export function joinKeys(...keys: readonly string[]): string {
  return keys.join("");
}

/** An instant as text that sorts by time. */
export function instantKey(instant: Date | number): string {
  return String(Number(instant)).padStart(INSTANT_DIGITS, "0");
}

/** A key above all that begin with `prefix` and continue with an id or an instant. */
export function aboveAll(prefix: string): string {
  return prefix + ABOVE_EVERY_ID;
}
