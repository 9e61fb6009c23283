import { type PublicIdPrefix, publicIdToUuid } from "@tenon/core/encoding";

/**
 * The UUID of an id that is about to be stored.
 * @throws {TypeError} when the text isn't a public id with this prefix: a mistake of the caller's, as core makes ids.
 */
export function requireUuid(prefix: PublicIdPrefix, id: string): string {
  const uuid = publicIdToUuid(prefix, id);
  if (uuid === undefined) throw new TypeError(`not a public id that begins with ${prefix}_`);
  return uuid;
}

/** Where a page begins: after the cursor's UUID, or at the newest. Undefined when the cursor names nothing. */
export function pageStart(
  prefix: PublicIdPrefix,
  cursor: string | undefined,
): { readonly before: string | undefined } | undefined {
  if (cursor === undefined) return { before: undefined };
  const before = publicIdToUuid(prefix, cursor);
  return before === undefined ? undefined : { before };
}
