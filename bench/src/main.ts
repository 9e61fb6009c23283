import { measureKeys } from "./keys/suite.js";
import { measureLimits } from "./limits/suite.js";
import { measureManagement } from "./management/suite.js";
import { describeEnvironment } from "./report/environment.js";
import { formatTable } from "./report/table.js";
import { writePerformance } from "./report/write-performance.js";
import { measureWebhooks } from "./webhooks/suite.js";

// `pnpm bench keys`, `pnpm bench limits`, `pnpm bench http`, `pnpm bench webhooks`; with `--write` the results also go into
// docs/performance.md. With `--quick` counts are so small that the figures only give a first idea, and say so.

const suites: Readonly<Record<string, (isQuick: boolean) => Promise<string>>> = {
  async keys(isQuick) {
    const table = formatTable(await measureKeys({ isQuick }));
    return withEnvironment(table, [
      "rate-limiter-flexible",
      "better-auth",
      "@better-auth/api-key",
      "express",
      "hono",
    ]);
  },
  async limits(isQuick) {
    const { rows, servers } = await measureLimits({ isQuick });
    return withEnvironment(
      formatTable(rows),
      ["rate-limiter-flexible", "express-rate-limit", "pg", "ioredis"],
      servers,
    );
  },
  async http(isQuick) {
    const { rows, postgres } = await measureManagement({ isQuick });
    return withEnvironment(formatTable(rows), ["express", "hono", "pg", "kysely"], [postgres]);
  },
  async webhooks(isQuick) {
    const { rows, postgres } = await measureWebhooks({ isQuick });
    return withEnvironment(
      formatTable(rows),
      ["graphile-worker", "pg-boss", "undici", "standardwebhooks", "svix", "stripe", "kysely", "pg"],
      [postgres],
    );
  },
};

const [name = "", ...flags] = process.argv.slice(2).filter((argument) => argument !== "--");
const measure = suites[name];
if (measure === undefined || flags.some((flag) => flag !== "--write" && flag !== "--quick")) {
  process.stderr.write(`usage: pnpm bench <${Object.keys(suites).join(" | ")}> [--write] [--quick]\n`);
  process.exit(2);
}
const results = await measure(flags.includes("--quick"));
process.stdout.write(`${results}\n`);
if (flags.includes("--write")) writePerformance(name, results);

function withEnvironment(table: string, packages: readonly string[], more: readonly string[] = []): string {
  const isQuick = flags.includes("--quick");
  const command = `\`pnpm bench ${name}${isQuick ? " --quick" : ""}\``;
  const caution = isQuick ? " Counts are scaled down: a first idea, not the figures of a whole run." : "";
  return `${command}.${caution} ${describeEnvironment(packages, more)}.\n\n${table}`;
}
