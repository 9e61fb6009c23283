import { measureKeys } from "./keys/suite.js";
import { measureLimits } from "./limits/suite.js";
import { describeEnvironment } from "./report/environment.js";
import { formatTable } from "./report/table.js";
import { writePerformance } from "./report/write-performance.js";

// `pnpm bench keys`, `pnpm bench limits`; with `--write` the results also go into docs/performance.md.

const suites: Readonly<Record<string, () => Promise<string>>> = {
  async keys() {
    const table = formatTable(await measureKeys());
    return withEnvironment(table, [
      "rate-limiter-flexible",
      "better-auth",
      "@better-auth/api-key",
      "express",
      "hono",
    ]);
  },
  async limits() {
    const { rows, postgres } = await measureLimits();
    return withEnvironment(
      formatTable(rows),
      ["rate-limiter-flexible", "express-rate-limit", "pg"],
      [postgres],
    );
  },
};

const [name = "", ...flags] = process.argv.slice(2).filter((argument) => argument !== "--");
const measure = suites[name];
if (measure === undefined || flags.some((flag) => flag !== "--write")) {
  process.stderr.write(`usage: pnpm bench <${Object.keys(suites).join(" | ")}> [--write]\n`);
  process.exit(2);
}
const results = await measure();
process.stdout.write(`${results}\n`);
if (flags.includes("--write")) writePerformance(name, results);

function withEnvironment(table: string, packages: readonly string[], more: readonly string[] = []): string {
  return `\`pnpm bench ${name}\`. ${describeEnvironment(packages, more)}.\n\n${table}`;
}
