import { standardWebhooks } from "./profile/signature-profile.js";
import { WebhookVerificationError } from "./webhook-verification-error.js";

const { headers: NAMES, prefix: PREFIX } = standardWebhooks;
const MAX_SIGNATURES = 32;
const MAX_HEADER_CHARACTERS = 8192;

/** A request's headers: `Headers` or anything with its `get`, Node's `req.headers`, or a plain object in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The three headers of a Standard Webhooks request, well-formed but not yet believed. */
export interface SignedHeaders {
  readonly id: string;
  /** The header's text: decimal Unix seconds without leading zeros. */
  readonly timestamp: string;
  /** At most 32 entries, each as it was sent, such as `v1,…`. Other versions are among them. */
  readonly signatures: readonly string[];
}

/** Reads the three headers. Throws `missing_header` or `malformed_header`, and nothing else. */
export function readSignedHeaders(headers: unknown): SignedHeaders {
  const id = readHeader(headers, NAMES.id);
  const timestamp = readHeader(headers, NAMES.timestamp);
  const signature = readHeader(headers, NAMES.signature);
  return { id: parseId(id), timestamp: parseTimestamp(timestamp), signatures: parseSignatures(signature) };
}

/** Whether a text may be a message id: 1 to 256 visible ASCII characters, no `.` (the content's separator). */
export function isMessageId(text: unknown): text is string {
  return typeof text === "string" && /^[!-\-/-~]{1,256}$/.test(text);
}

function parseId(text: string): string {
  if (isMessageId(text)) return text;
  throw malformed(NAMES.id, "must be one id of 1 to 256 visible ASCII characters without a full stop");
}

function parseTimestamp(text: string): string {
  if (/^(?:0|[1-9]\d{0,11})$/.test(text)) return text;
  throw malformed(
    NAMES.timestamp,
    "must be whole Unix seconds in decimal digits (13 digits are milliseconds)",
  );
}

function parseSignatures(text: string): readonly string[] {
  // A header sent twice arrives joined by a comma, which no single entry has in these places.
  if (text.includes(", ") || text.includes(`,${PREFIX}`)) throw repeated(NAMES.signature);
  const entries = text.split(" ").filter((entry) => entry !== "");
  if (entries.length <= MAX_SIGNATURES) return entries;
  throw malformed(NAMES.signature, `holds more than ${MAX_SIGNATURES} signatures`);
}

function readHeader(headers: unknown, name: string): string {
  const [value, ...others] = findValues(headers, name);
  if (others.length > 0) throw repeated(name);
  if (value === undefined || value === "") {
    throw new WebhookVerificationError(
      "missing_header",
      `The header ${name} is missing. Pass the request's own headers (req.headers, request.headers); if you do, the ` +
        "sender did not sign this request, or a proxy removed the header.",
    );
  }
  if (typeof value === "string" && value.length <= MAX_HEADER_CHARACTERS) return value;
  throw malformed(name, `must be a text of at most ${MAX_HEADER_CHARACTERS} characters`);
}

function findValues(headers: unknown, name: string): readonly unknown[] {
  try {
    const source = Object(headers) as { readonly [name: string]: unknown };
    const found =
      typeof source.get === "function"
        ? [source.get(name)]
        : Object.keys(source)
            .filter((key) => key.toLowerCase() === name)
            .map((key) => source[key]);
    return found.flat().filter((value) => value !== undefined && value !== null);
  } catch {
    throw malformed(name, "could not be read from the headers given");
  }
}

function repeated(name: string): WebhookVerificationError {
  return malformed(name, "arrived more than once");
}

function malformed(name: string, problem: string): WebhookVerificationError {
  return new WebhookVerificationError(
    "malformed_header",
    `The header ${name} ${problem}. Answer 400; if the request came from the real sender, look for a proxy that rewrites headers.`,
  );
}
