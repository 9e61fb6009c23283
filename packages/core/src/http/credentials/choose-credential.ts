import { type KeyFormats, recognizeKeyShape } from "../../api-keys/accepted-formats.js";
import type { PresentedCredential } from "./read-credentials.js";

/** How a text looks, before anything is looked up: ours, ours but garbled, or somebody else's. */
export type KeyLooks = "ours" | "garbled" | "foreign";

/** Judges a text by its looks: a key of our own format counts as ours even with a typo in it. */
export function looksOf(formats: KeyFormats, text: string): KeyLooks {
  const parsed = recognizeKeyShape(formats, text);
  if (parsed.ok) return "ours";
  return parsed.reason === "prefix" ? "foreign" : "garbled";
}

export type CredentialChoice =
  | { readonly kind: "key"; readonly text: string }
  | { readonly kind: "none" }
  | { readonly kind: "several" };

/** Whether a request presents one bearer token and nothing else, which isn't one of our keys by its prefix. */
export function isForeignBearer(
  presented: readonly PresentedCredential[],
  looksOf: (text: string) => KeyLooks,
): boolean {
  const only = presented.length === 1 ? presented[0] : undefined;
  return only?.place.kind === "bearer" && looksOf(only.text) === "foreign";
}

/**
 * Chooses the credential to judge. A token of another party's beside one of our keys does no harm; two keys of ours, or
 * two texts in one place, are a mistake that nobody should have to guess about.
 */
export function chooseCredential(
  presented: readonly PresentedCredential[],
  looksOf: (text: string) => KeyLooks,
): CredentialChoice {
  const first = presented[0];
  if (first === undefined) return { kind: "none" };
  // Judged as it is: what it looks like, the judge sees for itself.
  if (presented.length === 1) return { kind: "key", text: first.text };
  const ours = presented.filter(({ text }) => looksOf(text) === "ours");
  const places = new Set(presented.map(({ place }) => place));
  if (ours.length > 1 || places.size < presented.length) return { kind: "several" };
  const inHeader = presented.find(({ place }) => place.kind === "header");
  return { kind: "key", text: (ours[0] ?? inHeader ?? first).text };
}
