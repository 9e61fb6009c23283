/** Freezes a record with all its parts: calls share what is kept of a key, and hosts are shown it. */
export function freezeRecord<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeRecord(part);
  return Object.freeze(value);
}
