import type { HttpRequestView } from "../exchange.js";

/** Where a key may stand in a request: `Authorization: Bearer <key>`, or a header that holds nothing else. */
export type CredentialPlace =
  | { readonly kind: "bearer" }
  | { readonly kind: "header"; readonly name: string };

/** A text that a request presents as a credential. Untrusted, of any length. */
export interface PresentedCredential {
  readonly place: CredentialPlace;
  readonly text: string;
}

/**
 * Reads the credentials of a request, place by place. A header that came several times, whether or not something on
 * the way joined the values with commas, counts several times. Query strings are never read.
 * @see RFC 6750 section 2.1
 */
export function readCredentials(
  request: HttpRequestView,
  places: readonly CredentialPlace[],
): readonly PresentedCredential[] {
  let presented: PresentedCredential[] | undefined;
  for (const place of places) {
    const values = request.headerValues(place.kind === "bearer" ? "authorization" : place.name.toLowerCase());
    for (const value of values) {
      // Nearly always there is one, and a key holds no comma.
      for (const part of value.includes(",") ? value.split(",") : [value]) {
        const text = textOf(place, part.trim());
        if (text === undefined) continue;
        // Nearly always the only one: an array that grows takes room for 17 at its first.
        if (presented === undefined) presented = [{ place, text }];
        else presented.push({ place, text });
      }
    }
  }
  return presented ?? NOTHING_PRESENTED;
}

const NOTHING_PRESENTED: readonly PresentedCredential[] = [];

/** How a client writes a key in a place: for answers that tell it so. */
export function describePlace(place: CredentialPlace): string {
  return place.kind === "bearer" ? "`Authorization: Bearer <key>`" : `\`${place.name}: <key>\``;
}

function textOf(place: CredentialPlace, value: string): string | undefined {
  if (place.kind === "bearer") return bearerText(value);
  return value === "" ? undefined : value;
}

/** What follows the scheme and its spaces. Every request comes here: an expression took several times as long. */
function bearerText(value: string): string | undefined {
  let start = BEARER.length;
  if (value[start] !== " " || value.slice(0, start).toLowerCase() !== BEARER) return undefined;
  while (value[start] === " ") start += 1;
  return start < value.length ? value.slice(start) : undefined;
}

const BEARER = "bearer";
