import { parseInput } from "../input/parse-input.js";
import type { Actor } from "./actor.js";
import { actor } from "./schemas.js";

/**
 * Checks who acts. What describes a client, whose requests it comes from, is cut to what can be stored.
 * @throws {ValidationError} for an `actorId` that can't be stored.
 */
export function readActor(input: Actor): Actor {
  return parseInput(actor, input);
}
