import type { InputProblem } from "../errors/tenon-error.js";
import { toPointer } from "../input/parse-input.js";

const MOST_HEADERS = 20;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 4_096;

/** What an endpoint's own headers are shown with: the values are secrets as often as not. */
export const MASKED_VALUE = "[secret]";

/** Headers that belong to the connection or to us (RFC 9110 section 7.6.1). */
const RESERVED = new Set([
  "accept-encoding",
  "connection",
  "date",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "via",
]);
const RESERVED_PREFIXES = ["content-", "proxy-", "webhook-", "svix-"];

/**
 * Judges the headers that an endpoint wants with each delivery: at most 20, names that are tokens, values of visible
 * ASCII characters, spaces and tabs between them; none of the connection's and none that says what we send or signs
 * it. `Authorization` and `Cookie` are the partner's to choose. No value is ever repeated.
 * @param signatureHeaders lowercase names that the configured signature formats send.
 * @see RFC 9110 sections 5.1 and 5.5
 */
export function findHeaderProblems(
  headers: Readonly<Record<string, string>>,
  signatureHeaders: ReadonlySet<string>,
): readonly InputProblem[] {
  const names = Object.keys(headers);
  const problems: InputProblem[] = [];
  if (names.length > MOST_HEADERS) {
    problems.push({ pointer: "/headers", message: `must be at most ${MOST_HEADERS}` });
  }
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const message =
      findNameProblem(name, signatureHeaders) ?? findValueProblem(value) ?? findRepetition(name, seen);
    if (message !== undefined) problems.push({ pointer: toPointer(["headers", name]), message });
    seen.add(name.toLowerCase());
  }
  return problems;
}

function findNameProblem(name: string, signatureHeaders: ReadonlySet<string>): string | undefined {
  if (name.length > LONGEST_NAME || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    return `must be named by a token of at most ${LONGEST_NAME} characters`;
  }
  const lower = name.toLowerCase();
  const isReserved =
    RESERVED.has(lower) ||
    signatureHeaders.has(lower) ||
    RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix));
  return isReserved ? "is set by the delivery itself" : undefined;
}

function findValueProblem(value: string): string | undefined {
  if (value === MASKED_VALUE) return "is the mask of a value that isn't shown: give the value itself";
  return value.length <= LONGEST_VALUE && /^[!-~](?:[\t -~]*[!-~])?$/.test(value)
    ? undefined
    : `must be 1 to ${LONGEST_VALUE} visible ASCII characters, with spaces or tabs only between them`;
}

function findRepetition(name: string, seen: ReadonlySet<string>): string | undefined {
  return seen.has(name.toLowerCase()) ? "is there twice: names differ by more than case" : undefined;
}
