/** Response headers worth keeping with an attempt: what explains an answer, never what could carry a credential. */
const KEPT = new Set([
  "content-type",
  "content-length",
  "date",
  "location",
  "retry-after",
  "server",
  "via",
  "x-request-id",
  "cf-ray",
]);
const LONGEST_VALUE = 512;

/** Keeps the headers that explain an answer, each at most 512 characters. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT.has(name))
      .map(([name, value]) => [name, value.slice(0, LONGEST_VALUE)]),
  );
}
