import { createIndexes, type Slot } from "./indexes.js";
import type { TableShape } from "./table-shape.js";

export interface Table<Row, IndexName extends string> {
  get(primaryKey: string): Row | undefined;
  /** The row that has this key in an index. */
  find(index: IndexName, key: string): Row | undefined;
  /** Every row, in no promised order. Collect them before writing. */
  rows(): Iterable<Row>;
  /** Adds the row, or replaces the one with the same primary key. */
  put(row: Row): void;
  delete(primaryKey: string): void;
  /** Rows whose index key begins with `prefix` and isn't below `from`, upwards. Collect them before writing. */
  ascend(index: IndexName, range: { readonly prefix?: string; readonly from?: string }): Iterable<Row>;
  /** Rows whose index key begins with `prefix` and is below `below`, downwards. Collect them before writing. */
  descend(
    index: IndexName,
    range: { readonly prefix: string; readonly below?: string | undefined },
  ): Iterable<Row>;
}

/** A table that keeps the changes made through it apart from the table below, until they are merged. */
export interface OverlayTable<Row, IndexName extends string> extends Table<Row, IndexName> {
  /** Whether the row was put or deleted here. */
  touches(primaryKey: string): boolean;
  /** Writes the changes to the table below. */
  merge(): void;
}

/** A table that holds its rows itself. */
export function createTable<Row, IndexName extends string>(
  shape: TableShape<Row, IndexName>,
): Table<Row, IndexName> {
  const slots = new Map<string, Slot<Row>>();
  const indexes = createIndexes(shape);

  return {
    get: (primaryKey) => slots.get(primaryKey)?.row,
    find: indexes.find,
    *rows() {
      for (const { row } of slots.values()) yield row;
    },
    put(row) {
      const primaryKey = shape.primaryKey(row);
      const slot = slots.get(primaryKey);
      if (slot !== undefined) {
        indexes.replace(slot, row);
        return;
      }
      const added = { row };
      slots.set(primaryKey, added);
      indexes.add(added);
    },
    delete(primaryKey) {
      const slot = slots.get(primaryKey);
      if (slot === undefined) return;
      slots.delete(primaryKey);
      indexes.remove(slot.row);
    },
    ascend: indexes.ascend,
    descend: indexes.descend,
  };
}

/** A table over another: reads see its own changes first, and nobody else sees them before `merge`. */
export function createOverlay<Row, IndexName extends string>(
  shape: TableShape<Row, IndexName>,
  below: Table<Row, IndexName>,
): OverlayTable<Row, IndexName> {
  const changes = new Map<string, Row | undefined>();
  /** Made when a range is first asked for: most overlays are written to, and merged. */
  let indexes: ReturnType<typeof createIndexes<Row, IndexName>> | undefined;

  function change(primaryKey: string, row: Row | undefined): void {
    const earlier = changes.get(primaryKey);
    changes.set(primaryKey, row);
    if (indexes === undefined) return;
    if (earlier !== undefined) indexes.remove(earlier);
    if (row !== undefined) indexes.add({ row });
  }

  function indexesOfChanges() {
    if (indexes !== undefined) return indexes;
    indexes = createIndexes(shape);
    for (const row of changes.values()) if (row !== undefined) indexes.add({ row });
    return indexes;
  }

  function* unchanged(rows: Iterable<Row>): Generator<Row> {
    for (const row of rows) if (!changes.has(shape.primaryKey(row))) yield row;
  }

  return {
    get: (primaryKey) => (changes.has(primaryKey) ? changes.get(primaryKey) : below.get(primaryKey)),
    find(index, key) {
      const changed = changes.size === 0 ? undefined : indexesOfChanges().find(index, key);
      if (changed !== undefined) return changed;
      const row = below.find(index, key);
      return row !== undefined && !changes.has(shape.primaryKey(row)) ? row : undefined;
    },
    *rows() {
      yield* unchanged(below.rows());
      for (const row of changes.values()) if (row !== undefined) yield row;
    },
    put: (row) => change(shape.primaryKey(row), row),
    delete: (primaryKey) => change(primaryKey, undefined),
    ascend(index, range) {
      if (changes.size === 0) return below.ascend(index, range);
      const isBefore = (a: Row, b: Row) => keyOf(shape, index, a) < keyOf(shape, index, b);
      return interleave(
        unchanged(below.ascend(index, range)),
        indexesOfChanges().ascend(index, range),
        isBefore,
      );
    },
    descend(index, range) {
      if (changes.size === 0) return below.descend(index, range);
      const isBefore = (a: Row, b: Row) => keyOf(shape, index, a) > keyOf(shape, index, b);
      return interleave(
        unchanged(below.descend(index, range)),
        indexesOfChanges().descend(index, range),
        isBefore,
      );
    },
    touches: (primaryKey) => changes.has(primaryKey),
    merge() {
      for (const [primaryKey, row] of changes) {
        if (row === undefined) below.delete(primaryKey);
        else below.put(row);
      }
    },
  };
}

function keyOf<Row, IndexName extends string>(
  shape: TableShape<Row, IndexName>,
  index: IndexName,
  row: Row,
): string {
  return shape.indexes[index](row) ?? "";
}

function* interleave<Row>(
  left: Generator<Row>,
  right: Generator<Row>,
  isBefore: (a: Row, b: Row) => boolean,
): Generator<Row> {
  let a = left.next();
  let b = right.next();
  while (!a.done || !b.done) {
    if (b.done || (!a.done && isBefore(a.value, b.value))) {
      if (!a.done) yield a.value;
      a = left.next();
    } else {
      yield b.value;
      b = right.next();
    }
  }
}
