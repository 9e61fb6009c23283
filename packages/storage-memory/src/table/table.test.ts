import fc from "fast-check";
import { expect, test } from "vitest";
import { createOverlay, createTable, type Table } from "./table.js";
import type { TableShape } from "./table-shape.js";

interface Row {
  readonly id: string;
  readonly group: string;
  readonly isListed: boolean;
}

const shape: TableShape<Row, "byGroup" | "listed"> = {
  primaryKey: (row) => row.id,
  indexes: {
    byGroup: (row) => `${row.group}/${row.id}`,
    listed: (row) => (row.isListed ? row.id : undefined),
  },
};

const row = fc.record({
  id: fc.integer({ min: 0, max: 600 }).map((id) => String(id).padStart(3, "0")),
  group: fc.constantFrom("a", "b", "ab"),
  isListed: fc.boolean(),
});
const change = fc.oneof(
  { weight: 4, arbitrary: row.map((put) => ({ put })) },
  { weight: 1, arbitrary: row.map(({ id }) => ({ remove: id })) },
);
type Change = { readonly put: Row } | { readonly remove: string };

test("an overlay reads as the table would if its changes had been made there, and merges into just that", () => {
  const changes = fc.array(change, { maxLength: 900, size: "max" });
  fc.assert(
    fc.property(changes, changes, row, (before, later, { id }) => {
      const below = createTable(shape);
      const expected = new Map<string, Row>();
      apply(below, before);
      applyToMap(expected, before);
      const readBefore = read(below, id);
      const overlay = createOverlay(shape, below);
      apply(overlay, later);
      expect(read(below, id)).toEqual(readBefore);
      applyToMap(expected, later);
      expect(read(overlay, id)).toEqual(readMap(expected, id));
      overlay.merge();
      expect(read(below, id)).toEqual(readMap(expected, id));
    }),
    { numRuns: 60 },
  );
});

function apply(table: Table<Row, "byGroup" | "listed">, changes: readonly Change[]): void {
  for (const one of changes) {
    if ("put" in one) table.put(one.put);
    else table.delete(one.remove);
  }
}

function applyToMap(rows: Map<string, Row>, changes: readonly Change[]): void {
  for (const one of changes) {
    if ("put" in one) rows.set(one.put.id, one.put);
    else rows.delete(one.remove);
  }
}

function read(table: Table<Row, "byGroup" | "listed">, id: string) {
  return {
    one: table.get(id),
    found: table.find("listed", id),
    rows: [...table.rows()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    group: [...table.ascend("byGroup", { prefix: "a/" })],
    groupFrom: [...table.ascend("byGroup", { prefix: "a/", from: `a/${id}` })],
    groupDown: [...table.descend("byGroup", { prefix: "a/" })],
    groupBelow: [...table.descend("byGroup", { prefix: "a/", below: `a/${id}` })],
    listed: [...table.ascend("listed", {})],
  };
}

function readMap(rows: ReadonlyMap<string, Row>, id: string) {
  const sorted = [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const group = sorted.filter((one) => one.group === "a");
  return {
    one: rows.get(id),
    found: sorted.find((one) => one.id === id && one.isListed),
    rows: sorted,
    group,
    groupFrom: group.filter((one) => one.id >= id),
    groupDown: group.toReversed(),
    groupBelow: group.filter((one) => one.id < id).reverse(),
    listed: sorted.filter((one) => one.isListed),
  };
}
