import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { METRICS, SPANS } from "./names.js";

const page = readFileSync(new URL("../../../../docs/telemetry.md", import.meta.url), "utf8");

test("docs/telemetry.md lists each metric with its kind, unit and attributes, and no other", () => {
  const listed = rowsBelow("Metrics").map(([name, kind, unit, attributes]) => [
    codes(name)[0],
    { kind, unit: codes(unit)[0], attributes: codes(attributes) },
  ]);
  const inCode = Object.entries(METRICS).map(([name, { kind, unit, attributes }]) => [
    name,
    { kind, unit, attributes },
  ]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(inCode));
});

test("docs/telemetry.md lists each span with its kind and attributes, and no other", () => {
  const listed = rowsBelow("Spans").map(([name, kind, attributes]) => [
    codes(name)[0],
    { kind, attributes: codes(attributes) },
  ]);
  const inCode = Object.entries(SPANS).map(([name, { kind, attributes }]) => [name, { kind, attributes }]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(inCode));
});

/** The cells of the first table below a heading. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function codes(cell = ""): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}
