import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBrokenProofs } from "./requirements/find-broken-proofs.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenon-requirements-"));
  mkdirSync(join(root, "docs"));
  writeFileSync(join(root, "keys.test.ts"), `test("a key is shown once", () => {});`);
});

afterEach(() => rmSync(root, { recursive: true }));

function write(...rows: readonly string[]): void {
  writeFileSync(join(root, "docs/requirements.md"), rows.join("\n"));
}

test("a row whose test is there holds, and so does a decision", () => {
  write(
    "| R1 | Shown once | `keys.test.ts` | a key is shown once |",
    "| R2 | Alphabet | decision | base62 |",
  );
  expect(findBrokenProofs(root, [[1, 2]])).toEqual([]);
});

test.each([
  [
    "a test that is gone",
    "| R1 | Shown once | `keys.test.ts` | a key is shown twice |",
    /no test "a key is shown twice"/,
  ],
  [
    "a file that is gone",
    "| R1 | Shown once | `gone.test.ts` | a key is shown once |",
    /gone\.test\.ts is gone/,
  ],
  ["a row that can't be read", "| R1 | Shown once |", /not a row/],
  ["a number left out", "| R2 | Alphabet | decision | base62 |", /R1 is missing/],
])("%s is reported", (_, row, problem) => {
  write(row);
  expect(findBrokenProofs(root, [[1, 2]]).join("\n")).toMatch(problem);
});

test("what must be covered is looked for to its last number, and what lies beyond may be there or not", () => {
  write("| R1 | a | decision | b |", "| R5 | a | decision | b |", "| R9 | a | decision | b |");
  const covered = [
    [1, 1],
    [4, 6],
  ] as const;
  expect(findBrokenProofs(root, covered)).toEqual(["R4 is missing", "R6 is missing"]);
});

test("a number that stands twice is reported", () => {
  write("| R1 | a | decision | b |", "| R1 | a | decision | b |");
  expect(findBrokenProofs(root, [[1, 1]])).toEqual(["R1 stands twice"]);
});

test("every test that the page names is there", () => {
  expect(findBrokenProofs(fileURLToPath(new URL("..", import.meta.url)))).toEqual([]);
});
