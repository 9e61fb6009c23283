import { isTenonError } from "@tenon/core/errors";

/** Whether an error is a `ConflictError`. */
export function isConflict(error: unknown): boolean {
  return isTenonError(error) && error.code === "CONFLICT";
}

/** Whether an error says that a cap on records is reached. */
export function isOverCap(error: unknown): boolean {
  return isTenonError(error) && error.code === "LIMIT_EXCEEDED";
}

/** Whether an error is a `ConfigError`. */
export function isConfigError(error: unknown): boolean {
  return isTenonError(error) && error.code === "CONFIG_INVALID";
}

const MOST_PAGES = 100;

/** Reads page after page, each from the last id of the one before, until one is empty. */
export async function readPages<Item extends { readonly id: string }>(
  limit: number,
  readPage: (page: { readonly limit: number; readonly cursor?: string }) => Promise<readonly Item[]>,
): Promise<(readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let cursor: string | undefined;
  while (pages.length < MOST_PAGES) {
    const page = await readPage({ limit, ...(cursor === undefined ? {} : { cursor }) });
    if (page.length === 0) return pages;
    pages.push(page);
    cursor = page.at(-1)?.id;
  }
  throw new Error(`the pages never came to an end in ${MOST_PAGES} of them`);
}
