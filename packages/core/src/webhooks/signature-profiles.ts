import { findProfileProblem, type SignatureProfile } from "@tenon/verify-webhook";
import { ConfigError, type InputProblem } from "../errors/tenon-error.js";

export type { SignatureProfile } from "@tenon/verify-webhook";

/** Headers of the connection, or ours: no format may send them. */
const RESERVED_HEADER = /^(?:content-.*|host|user-agent|connection|date|te|transfer-encoding|upgrade)$/;

/**
 * Judges the formats that every delivery is to be signed in, side by side: each sound in itself, none with a header of
 * the connection's, and no header wanted twice unless both would write the same into it (the id, or a time in the
 * same unit). Returns them as they are.
 * @throws {ConfigError} listing every problem, with the format's place in the list.
 */
export function checkSignatureProfiles(profiles: readonly SignatureProfile[]): readonly SignatureProfile[] {
  const problems: InputProblem[] =
    profiles.length === 0 ? [{ pointer: "", message: "must not be empty" }] : [];
  const contents = new Map<string, string>();
  for (const [index, profile] of profiles.entries()) {
    const tell = (message: string) => problems.push({ pointer: `/${index}`, message });
    const problem = describeProblem(profile);
    if (problem !== undefined) {
      tell(problem);
      continue;
    }
    for (const [name, content] of listHeaders(profile, index)) {
      if (RESERVED_HEADER.test(name)) tell(`sends the header ${name}, which is set by the delivery itself`);
      if ((contents.get(name) ?? content) !== content) tell(`sends the header ${name}, as another does`);
      contents.set(name, content);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return profiles;
}

/** The lowercase names of every header that the formats send: an endpoint's own headers must not be among them. */
export function listSentHeaders(profiles: readonly SignatureProfile[]): ReadonlySet<string> {
  return new Set(profiles.flatMap(({ headers }) => Object.values(headers)));
}

function describeProblem(profile: SignatureProfile): string | undefined {
  try {
    return findProfileProblem(profile);
  } catch {
    return "must be a SignatureProfile";
  }
}

/** Each header with what it carries: two formats may share one only if that is the same. */
function listHeaders(
  { headers, timestampUnit = "seconds" }: SignatureProfile,
  index: number,
): readonly (readonly [string, string])[] {
  return [
    ...(headers.id === undefined ? [] : [[headers.id, "id"] as const]),
    ...(headers.timestamp === undefined ? [] : [[headers.timestamp, timestampUnit] as const]),
    [headers.signature, `signature ${index}`],
  ];
}
