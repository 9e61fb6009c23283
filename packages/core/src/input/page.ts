/** One page of a listing, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it as `cursor` to get the next page; undefined on the last one. */
  readonly nextCursor: string | undefined;
}

/**
 * Lists one page through a store that knows no pages: asks for one item more than shown.
 */
export async function listPage<Item extends { readonly id: string }>(
  limit: number,
  list: (limit: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const found = await list(limit + 1);
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? items.at(-1)?.id : undefined };
}
