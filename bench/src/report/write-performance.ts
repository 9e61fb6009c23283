import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PERFORMANCE = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));

/**
 * Puts a suite's results between its markers in docs/performance.md.
 * @throws {Error} when the markers aren't there: the page around them is written by hand.
 */
export function writePerformance(suite: string, results: string): void {
  const [begin, end] = [`<!-- bench ${suite} -->`, `<!-- end of bench ${suite} -->`];
  const page = readFileSync(PERFORMANCE, "utf8");
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/performance.md lacks the markers of the suite ${suite}`);
  writeFileSync(PERFORMANCE, `${page.slice(0, from)}${begin}\n\n${results}\n\n${page.slice(to)}`);
}
