import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The table of requirements, each with the test that proves it or the decision that answers it. */
export const REQUIREMENTS_PAGE = "docs/requirements.md";

/** The numbers that the page must cover, first and last of each run. What is built next begins with a line here. */
export const COVERED_NUMBERS: readonly (readonly [first: number, last: number])[] = [
  [1, 213],
  [311, 424],
  [460, 537],
];

/** `| R12 | what is asked | path/to.test.ts | name of the test |`, or `decision` in place of a path; padded at will. */
const ROW = /^\| R(\d+) +\|[^|]*\| (?:`([^`|]+)`|(decision)) +\| (.+?) +\|$/;

/**
 * Holds the table of requirements against the tests: every row's test must be there by its file and name, no number
 * that must be covered may be missing, and none may stand twice.
 * @returns one sentence for each row that doesn't hold.
 */
export function findBrokenProofs(
  root: string,
  covered: readonly (readonly [first: number, last: number])[] = COVERED_NUMBERS,
): readonly string[] {
  const rows = readFileSync(join(root, REQUIREMENTS_PAGE), "utf8")
    .split(/\r?\n/)
    .filter((line) => /^\| R\d/.test(line));
  const seen = new Set<number>();
  const broken: string[] = [];
  for (const row of rows) {
    const [, numberText, path, decision, text = ""] = ROW.exec(row) ?? [];
    if (numberText === undefined) {
      broken.push(`not a row of the table: ${row}`);
      continue;
    }
    const number = Number(numberText);
    if (seen.has(number)) broken.push(`R${number} stands twice`);
    seen.add(number);
    if (decision === undefined && path !== undefined)
      broken.push(...findProblem(root, `R${number}`, path, text));
  }
  for (const [first, last] of covered) {
    for (let number = first; number <= last; number++) {
      if (!seen.has(number)) broken.push(`R${number} is missing`);
    }
  }
  return broken;
}

function findProblem(root: string, requirement: string, path: string, testName: string): readonly string[] {
  const file = join(root, path);
  if (!existsSync(file)) return [`${requirement}: ${path} is gone`];
  // Formatters may break a long name's line before it, never inside it.
  return readFileSync(file, "utf8").includes(testName)
    ? []
    : [`${requirement}: ${path} has no test "${testName}"`];
}
