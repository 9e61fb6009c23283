import type { ApiKeyRecord, KeyChangeListener, KeyChanges } from "@tenon/core/ports";
import { scopeKey } from "./table/composite-key.js";
import type { Tables } from "./tables.js";

/** Tells of changed keys, to every kit on this storage. */
export interface KeyChangeTeller {
  readonly keyChanges: KeyChanges;
  /** The table of keys, watched: what is written to it is committed, and told if it changed a key. */
  watch(table: Tables["apiKeys"]): Tables["apiKeys"];
}

export function createKeyChangeTeller(): KeyChangeTeller {
  const listeners = new Set<Pick<KeyChangeListener, "onKeyChanged">>();
  return {
    keyChanges: {
      async subscribe({ onKeyChanged }) {
        const listener = { onKeyChanged };
        listeners.add(listener);
        return { stop: async () => void listeners.delete(listener) };
      },
    },
    watch: (table) => ({
      ...table,
      put(key) {
        const earlier = table.get(scopeKey(key.tenantId, key.id));
        table.put(key);
        if (earlier === undefined || isSameButForUse(earlier, key)) return;
        for (const { onKeyChanged } of listeners) onKeyChanged(key.hash);
      },
    }),
  };
}

/** A write of the last use keeps every other value as the very same one. */
function isSameButForUse(one: ApiKeyRecord, other: ApiKeyRecord): boolean {
  const names = Object.keys({ ...one, ...other }) as (keyof ApiKeyRecord)[];
  return names.every((name) => name === "lastUsedAt" || one[name] === other[name]);
}
