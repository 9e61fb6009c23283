/** A deep, frozen copy: what is stored can't be changed through an object that a caller holds. */
export function snapshot<Value>(value: Value): Value {
  return freeze(structuredClone(value));
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
