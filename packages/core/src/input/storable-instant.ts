/** Whether an instant's year has four digits in UTC: every storage and every parser of ISO 8601 takes those. */
export function isStorableInstant(value: Date): boolean {
  return /^(?!0000)\d{4}-/.test(value.toISOString());
}
