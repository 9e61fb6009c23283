import type { ShortLivedEntry, ShortLivedQuestion, ShortLivedStore } from "@tenon/core/ports";
import type { Session } from "../session.js";
import { take } from "../table/take.js";
import { type ShortLivedRow, shortLivedKey, type Tables } from "../tables.js";
import type { StoreContext } from "./store-context.js";

export function createShortLivedStore(session: Session, { clock }: StoreContext): ShortLivedStore {
  function find({ shortLived }: Tables, question: ShortLivedQuestion): string | undefined {
    const row = shortLived.get(shortLivedKey(question));
    return row !== undefined && row.expiresAt > (question.now ?? clock.now()) ? row.value : undefined;
  }

  function put({ shortLived }: Tables, entry: ShortLivedEntry): void {
    const { tenantId, purpose, key, value, expiresInSeconds, now = clock.now() } = entry;
    const expiresAt = new Date(now.getTime() + expiresInSeconds * 1000);
    shortLived.put({ tenantId, purpose, key, value, expiresAt });
  }

  return {
    put: (entry) => session.write("shortLived.put", (tables) => put(tables, entry)),

    putIfAbsent: (entry) =>
      session.write("shortLived.putIfAbsent", (tables) => {
        const existing = find(tables, entry);
        if (existing !== undefined) return { stored: false, existing };
        put(tables, entry);
        return { stored: true };
      }),

    get: (question) => session.read("shortLived.get", (tables) => find(tables, question)),

    take: (question) =>
      session.write("shortLived.take", (tables) => {
        const value = find(tables, question);
        tables.shortLived.delete(shortLivedKey(question));
        return value;
      }),

    delete: (key) =>
      session.write("shortLived.delete", ({ shortLived }) => shortLived.delete(shortLivedKey(key))),

    prune: ({ limit, now = clock.now() }) =>
      session.write("shortLived.prune", ({ shortLived }) => {
        const over = take(rowsOver(shortLived.ascend("byExpiry", {}), now), limit);
        for (const row of over) shortLived.delete(shortLivedKey(row));
        return over.length;
      }),
  };
}

function* rowsOver(rows: Iterable<ShortLivedRow>, now: Date): Generator<ShortLivedRow> {
  for (const row of rows) {
    if (row.expiresAt > now) return;
    yield row;
  }
}
