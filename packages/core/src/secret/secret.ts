const BRAND = Symbol.for("tenon.secret");
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const MASK = "[secret]";

/** A text that shows itself only when asked: logs, `JSON.stringify` and `console.log` see `[secret]`. */
export interface Secret {
  /** Returns the text. Call it at the one place that needs it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a text so that it cannot leak by accident. The text lives in a closure, not in a property. */
export function createSecret(text: string): Secret {
  return Object.freeze({
    reveal: () => text,
    toString: () => MASK,
    toJSON: () => MASK,
    [INSPECT]: () => MASK,
    [BRAND]: true,
  });
}

/** Whether a value is a `Secret`, also one made by another copy of this package. */
export function isSecret(value: unknown): value is Secret {
  return (
    typeof value === "object" && value !== null && (value as { readonly [BRAND]?: unknown })[BRAND] === true
  );
}
