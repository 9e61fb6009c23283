/**
 * A deep, frozen copy: what is stored can't be changed through an object that a caller holds. Of plain objects, arrays and
 * dates; texts are shared, not copied.
 */
export function snapshot<Value>(value: Value): Value {
  return copy(value) as Value;
}

/** Most records have some: frozen, one of each does for all. */
const NO_ITEMS: readonly unknown[] = Object.freeze([]);
const NO_FIELDS: Readonly<Record<string, unknown>> = Object.freeze({});

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.length === 0 ? NO_ITEMS : Object.freeze(value.map(copy));
  const copied: Record<string, unknown> = { ...value };
  const names = Object.keys(copied);
  if (names.length === 0) return NO_FIELDS;
  for (const name of names) copied[name] = copy(copied[name]);
  return Object.freeze(copied);
}
