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
  return places.flatMap((place) => readPlace(request, place).map((text) => ({ place, text })));
}

/** How a client writes a key in a place: for answers that tell it so. */
export function describePlace(place: CredentialPlace): string {
  return place.kind === "bearer" ? "`Authorization: Bearer <key>`" : `\`${place.name}: <key>\``;
}

function readPlace(request: HttpRequestView, place: CredentialPlace): readonly string[] {
  if (place.kind === "header") return splitValues(request, place.name.toLowerCase());
  return splitValues(request, "authorization").flatMap((value) => {
    const token = /^bearer +([^ ].*)$/is.exec(value)?.[1];
    return token === undefined ? [] : [token];
  });
}

function splitValues(request: HttpRequestView, name: string): readonly string[] {
  return request
    .headerValues(name)
    .flatMap((value) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}
