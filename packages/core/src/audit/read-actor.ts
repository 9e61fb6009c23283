import { isStorableText } from "../input/fields.js";
import { parseInput } from "../input/parse-input.js";
import type { Actor } from "./actor.js";
import { actor } from "./schemas.js";

/**
 * Checks who acts. What describes a client, whose requests it comes from, is cut to what can be stored.
 * @throws {ValidationError} for an `actorId` that can't be stored.
 */
export function readActor(input: Actor): Actor {
  const { actorId, kind, ip, userAgent, correlationId } = parseInput(actor, input);
  return {
    actorId,
    kind: makeStorable(kind, 64),
    ip: makeStorable(ip, 64),
    userAgent: makeStorable(userAgent, 512),
    correlationId: makeStorable(correlationId, 128),
  };
}

/**
 * What describes a client comes from requests, in any form: it is made storable and cut, never refused, so that no
 * header can keep a change from being made or recorded.
 */
function makeStorable(text: string | undefined, maxLength: number): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (text.length <= maxLength && isStorableText(text)) return text;
  const storable = text.replaceAll(UNSTORABLE, "\uFFFD").slice(0, maxLength);
  // A cut may leave half of a surrogate pair at the end.
  return storable.replace(/\p{Surrogate}$/u, "") || undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this replaces
const UNSTORABLE = /[\p{Surrogate}\u0000-\u001f\u007f]/gu;
