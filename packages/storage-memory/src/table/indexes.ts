import { aboveAll } from "./composite-key.js";
import { createSortedMap, type SortedMap } from "./sorted-map.js";
import type { TableShape } from "./table-shape.js";

/** Where a row is kept. Indexes hold it too, and needn't hear of a row that takes another's place in it. */
export interface Slot<Row> {
  row: Row;
}

/** Makes the indexes of a table, each made when it is first used. */
export function createIndexes<Row, IndexName extends string>(shape: TableShape<Row, IndexName>) {
  const byName = new Map<string, SortedMap<Slot<Row>>>();
  const names = Object.keys(shape.indexes) as IndexName[];

  function indexNamed(name: IndexName): SortedMap<Slot<Row>> {
    const index = byName.get(name) ?? createSortedMap<Slot<Row>>();
    byName.set(name, index);
    return index;
  }

  return {
    add(slot: Slot<Row>): void {
      for (const name of names) {
        const key = shape.indexes[name](slot.row);
        if (key !== undefined) indexNamed(name).set(key, slot);
      }
    },
    /** Puts a row in the place of a slot's. Most changes leave it where it is in the indexes. */
    replace(slot: Slot<Row>, row: Row): void {
      const earlier = slot.row;
      slot.row = row;
      for (const name of names) {
        const keyBefore = shape.indexes[name](earlier);
        const key = shape.indexes[name](row);
        if (keyBefore === key) continue;
        if (keyBefore !== undefined) indexNamed(name).delete(keyBefore);
        if (key !== undefined) indexNamed(name).set(key, slot);
      }
    },
    find(name: IndexName, key: string): Row | undefined {
      return indexNamed(name).get(key)?.row;
    },
    remove(row: Row): void {
      for (const name of names) {
        const key = shape.indexes[name](row);
        if (key !== undefined) indexNamed(name).delete(key);
      }
    },
    *ascend(
      name: IndexName,
      { prefix = "", from = prefix }: { prefix?: string; from?: string },
    ): Generator<Row> {
      for (const { key, value } of indexNamed(name).ascend(from)) {
        if (!key.startsWith(prefix)) return;
        yield value.row;
      }
    },
    *descend(
      name: IndexName,
      { prefix, below = aboveAll(prefix) }: { prefix: string; below?: string | undefined },
    ): Generator<Row> {
      for (const { key, value } of indexNamed(name).descend(below)) {
        if (!key.startsWith(prefix)) return;
        yield value.row;
      }
    },
  };
}
