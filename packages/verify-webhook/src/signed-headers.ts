import { type SignatureProfile, standardWebhooks } from "./profile/signature-profile.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

const MAX_SIGNATURES = 32;
const MAX_HEADER_CHARACTERS = 8192;

/** A request's headers: `Headers` or anything with its `get`, Node's `req.headers`, or a plain object in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | { readonly [name: string]: string | readonly string[] | undefined };

/** What a signed request's headers say, well-formed but not yet believed. Undefined: the format doesn't sign it. */
export interface SignedHeaders {
  readonly id: string | undefined;
  /** Decimal digits without leading zeros, as they were sent. */
  readonly timestamp: string | undefined;
  /** At most 32 entries, each as it was sent, such as `v1,…`. Other versions are among them. */
  readonly signatures: readonly string[];
}

/** Reads a profile's headers. Throws `missing_header` or `malformed_header`, and nothing else. */
export function readSignedHeaders(
  headers: unknown,
  profile: SignatureProfile = standardWebhooks,
): SignedHeaders {
  const { headers: names, content } = profile;
  // What isn't signed is anybody's, and not looked at.
  const read = (name: string | undefined, part: string) =>
    name !== undefined && content.includes(part) ? readHeader(headers, name) : undefined;
  const id = read(names.id, "{id}");
  const timestamp = read(names.timestamp, "{timestamp}");
  const signature = readHeader(headers, names.signature);

  if (id !== undefined && !isMessageId(id)) {
    throw malformed(`${names.id}`, "must be 1 to 256 visible ASCII characters without a full stop");
  }
  if (timestamp !== undefined) checkDigits(timestamp, `${names.timestamp}`, profile.timestampUnit);
  const signatures = parseSignatures(signature, profile);
  return { id, timestamp: timestamp ?? findTimestamp(signatures, profile), signatures };
}

/** Whether a request has a header at all, be it empty. */
export function hasHeader(headers: unknown, name: string): boolean {
  return findValues(headers, name).length > 0;
}

/** Whether a text may be a message id: 1 to 256 visible ASCII characters, no `.` (the content's separator). */
export function isMessageId(text: unknown): text is string {
  return typeof text === "string" && /^[!-\-/-~]{1,256}$/.test(text);
}

function findTimestamp(
  entries: readonly string[],
  { headers: { signature }, content, timestampPrefix, timestampUnit }: SignatureProfile,
): string | undefined {
  if (timestampPrefix === undefined || !content.includes("{timestamp}")) return undefined;
  const [entry = timestampPrefix, ...others] = entries.filter((each) => each.startsWith(timestampPrefix));
  if (others.length > 0) throw repeated(signature);
  const timestamp = entry.slice(timestampPrefix.length);
  checkDigits(timestamp, `${signature} (${timestampPrefix})`, timestampUnit);
  return timestamp;
}

function checkDigits(
  timestamp: string,
  name: string,
  timestampUnit: SignatureProfile["timestampUnit"],
): void {
  // 13 digits are milliseconds until the year 2286.
  if (/^(?:0|[1-9]\d*)$/.test(timestamp) && timestamp.length <= (timestampUnit === "milliseconds" ? 15 : 12))
    return;
  throw malformed(name, `must be whole Unix ${timestampUnit ?? "seconds"} in decimal digits`);
}

function parseSignatures(text: string, { headers, prefix, separator }: SignatureProfile): readonly string[] {
  // A header sent twice arrives joined by a comma, which no single entry has in these places.
  if (text.includes(", ") || (separator !== "," && text.includes(`,${prefix}`))) {
    throw repeated(headers.signature);
  }
  const entries = separator === undefined ? [text] : text.split(separator).filter((entry) => entry !== "");
  if (entries.length <= MAX_SIGNATURES) return entries;
  throw malformed(headers.signature, `holds more than ${MAX_SIGNATURES} signatures`);
}

function readHeader(headers: unknown, name: string): string {
  const values = findValues(headers, name);
  if (values.length > 1) throw repeated(name);
  const value = values[0];
  if (value === undefined || value === "") {
    throw new WebhookVerificationError(
      "missing_header",
      `The header ${name} is missing. Pass the request's own headers (req.headers, request.headers); if you do, the ` +
        "sender did not sign, or a proxy removed it.",
    );
  }
  if (typeof value === "string" && value.length <= MAX_HEADER_CHARACTERS) return value;
  throw malformed(name, `must be a text of at most ${MAX_HEADER_CHARACTERS} characters`);
}

function findValues(headers: unknown, name: string): readonly unknown[] {
  try {
    const source = Object(headers) as { readonly [name: string]: unknown };
    const found: unknown[] = [];
    if (typeof source.get === "function") found.push(source.get(name));
    else {
      for (const key of Object.keys(source)) {
        // By the length first: most of a request's headers are others.
        if (key.length === name.length && key.toLowerCase() === name) found.push(source[key]);
      }
    }
    // The usual answer needs no search.
    if (found.length === 1 && typeof found[0] === "string") return found;
    return found.flat().filter((value) => value !== undefined && value !== null);
  } catch {
    throw malformed(name, "could not be read");
  }
}

function repeated(name: string): WebhookVerificationError {
  return malformed(name, "arrived more than once");
}

function malformed(name: string, problem: string): WebhookVerificationError {
  return new WebhookVerificationError(
    "malformed_header",
    `The header ${name} ${problem}. Answer 400; if the sender is the real one, a proxy rewrites headers.`,
  );
}
