/** What stands for a value that isn't to be seen. */
export const MASK = "[redacted]";

/** Names under which people keep what nobody else should read. */
const SECRET_NAME =
  /secret|token|passw|passphrase|authorization|cookie|credential|private.?key|api.?key|access.?key|signature/i;

/** What only tells of a secret: which one, how many, of what kind, until when. */
const TELLS_OF_ONE = /(?:Ids?|[_-]ids?|Count|[_-]count|Type|[_-]type|Seconds|[_-]seconds|At|[_-]at)$/;

/** A JSON value with everything masked that stands under the name of a secret, however deep. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== "object" || value === null) return value;
  return maskFields(value as Readonly<Record<string, unknown>>);
}

/** The fields of a JSON object, masked in the same way. */
export function maskFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isMasked(name, value) ? MASK : maskSecrets(value)]),
  );
}

/** A flag or nothing at all gives nothing away, and says something. */
function isMasked(name: string, value: unknown): boolean {
  return SECRET_NAME.test(name) && !TELLS_OF_ONE.test(name) && value !== null && typeof value !== "boolean";
}
