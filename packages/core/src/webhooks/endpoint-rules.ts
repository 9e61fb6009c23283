import type { InputProblem } from "../errors/tenon-error.js";
import type { EndpointSigning } from "../ports/endpoint-store.js";
import type { HttpTransport } from "../ports/http.js";
import type { Secret } from "../secret/secret.js";
import { findHeaderProblems } from "./custom-headers.js";
import { findSigningProblems, type SigningRules } from "./endpoint-signing.js";
import { checkEndpointUrl } from "./endpoint-url.js";
import type { EventCatalogue } from "./event-catalogue.js";

/** What an endpoint's settings are held against. */
export interface EndpointRules extends SigningRules {
  readonly catalogue: EventCatalogue;
  readonly transport: HttpTransport | undefined;
  /** The lowercase names of the headers that the signature profiles send. */
  readonly sentHeaders: ReadonlySet<string>;
}

/** Settings as asked for; what is absent isn't judged. */
export interface AskedEndpoint {
  readonly url?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signing?: EndpointSigning | undefined;
  readonly secret?: Secret | undefined;
}

/** What is wrong with an endpoint's settings that a schema can't know: the URL, the event types, the headers, what signs. */
export function findEndpointProblems(
  { url, eventTypes = [], headers = {}, ...signing }: AskedEndpoint,
  rules: EndpointRules,
): readonly InputProblem[] {
  const { catalogue, transport, sentHeaders } = rules;
  const problems: InputProblem[] = [];
  const urlCheck = url === undefined ? undefined : checkEndpointUrl(url, transport);
  if (urlCheck?.ok === false) problems.push({ pointer: "/url", message: urlCheck.reason });
  for (const [index, filter] of eventTypes.entries()) {
    if (catalogue.accepts(filter)) continue;
    problems.push({ pointer: `/eventTypes/${index}`, message: `"${filter}" is not in the event catalogue` });
  }
  problems.push(...findHeaderProblems(headers, sentHeaders));
  return [...problems, ...findSigningProblems(signing, rules)];
}
