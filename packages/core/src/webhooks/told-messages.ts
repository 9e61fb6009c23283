import type { MessageReference } from "../ports/message-store.js";
import { MOST_TOLD } from "./defaults.js";

/** The messages that somebody is told of. Undefined: any, as they aren't known or too many. */
export type ToldMessages = readonly MessageReference[] | undefined;

export function joinTold(some: ToldMessages, more: ToldMessages): ToldMessages {
  if (some === undefined || more === undefined || some.length + more.length > MOST_TOLD) return undefined;
  return [...some, ...more];
}
