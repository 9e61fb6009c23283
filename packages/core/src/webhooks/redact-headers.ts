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

/**
 * Keeps the headers that explain an answer, each at most 512 characters. Of the place that a redirect names, credentials
 * and query are left out: a login's redirect has tokens there.
 */
export function redactHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => KEPT.has(name))
      .map(([name, value]) => [
        name,
        (name === "location" ? redactPlace(value) : value).slice(0, LONGEST_VALUE),
      ]),
  );
}

/** Text alone is looked at: a receiver may have written what is no URL. */
function redactPlace(location: string): string {
  return location.replace(/[?#].*$/s, "").replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)[^/]*@/i, "$1$2");
}
