import { type InputProblem, ValidationError } from "../errors/tenon-error.js";
import type { HttpTransport } from "../ports/http.js";
import { findHeaderProblems } from "./custom-headers.js";
import { checkEndpointUrl } from "./endpoint-url.js";
import type { EventCatalogue } from "./event-catalogue.js";
import { listSentHeaders, type SignatureProfile } from "./signature-profiles.js";

/**
 * Judges what a schema can't: the URL, the event types and the headers, as far as they are given.
 * @throws {ValidationError} naming every offending field.
 */
export function refuseWhatBreaksRules(
  request: {
    readonly url?: string | undefined;
    readonly eventTypes?: readonly string[] | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  },
  {
    catalogue,
    transport,
    signatureProfiles,
  }: {
    readonly catalogue: EventCatalogue;
    readonly transport: HttpTransport | undefined;
    readonly signatureProfiles: readonly SignatureProfile[];
  },
): void {
  const problems: InputProblem[] = [];
  if (request.url !== undefined) {
    const url = checkEndpointUrl(request.url, transport);
    if (!url.ok) problems.push({ pointer: "/url", message: url.reason });
  }
  for (const [index, filter] of (request.eventTypes ?? []).entries()) {
    if (catalogue.accepts(filter)) continue;
    problems.push({ pointer: `/eventTypes/${index}`, message: `"${filter}" is not in the event catalogue` });
  }
  problems.push(...findHeaderProblems(request.headers ?? {}, listSentHeaders(signatureProfiles)));
  if (problems.length > 0) throw new ValidationError(problems);
}
