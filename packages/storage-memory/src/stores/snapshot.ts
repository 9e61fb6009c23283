/**
 * A deep, frozen copy: what is stored can't be changed through an object that a caller holds. Of plain objects, arrays and
 * dates; texts are shared, not copied.
 */
export function snapshot<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return Object.freeze(value.map(copy));
  const copied: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copied)) copied[name] = copy(copied[name]);
  return Object.freeze(copied);
}
