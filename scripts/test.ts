import { readFileSync } from "node:fs";
import { parseCLI, startVitest, type Vitest } from "vitest/node";
import type { TestPostgres } from "./test-postgres.js";
import { summarizeRun } from "./test-summary.js";

// The test command: everything vitest prints, then which storages ran, and last `N passed, N failed`.
// Arguments are vitest's own: `pnpm test packages/core`, `pnpm test -t "two runners"`.

const args = process.argv.slice(2).filter((arg) => arg !== "--");
const { filter, options } = parseCLI(["vitest", "run", ...args]);
let postgres: TestPostgres | undefined;
let running: Vitest | undefined;
const vitest = await startVitest("test", filter, {
  ...options,
  run: true,
  watch: false,
  reporters: [
    "default",
    {
      onInit: (started) => {
        running = started;
      },
      // Afterwards vitest closes its projects, and forgets what was provided to them.
      onTestRunEnd: () => {
        postgres = running?.projects
          .map((project) => project.getProvidedContext().postgres)
          .find((one) => one);
      },
    },
  ],
});

const summary = summarizeRun({
  modules: vitest.state.getTestModules(),
  outsideErrorCount: outsideErrorCount(vitest),
  isFullRun: args.length === 0,
  pgliteVersion: pgliteVersion(),
  postgres,
});
const text = `\n${summary.lines.join("\n")}\n`;
// Exits by itself: a handle that a test left open must not keep the command waiting.
process.stdout.write(text, () => process.exit(summary.succeeded ? 0 : 1));

function outsideErrorCount({ state }: Vitest): number {
  const unhandled = state.getUnhandledErrors().length;
  const anyTestFailed = state.getTestModules().some((module) => !module.ok());
  // Vitest also fails a run by the exit code alone, for example when a teardown throws.
  const byExitCode = Boolean(process.exitCode) && unhandled === 0 && !anyTestFailed;
  return unhandled + (byExitCode ? 1 : 0);
}

function pgliteVersion(): string {
  // By its path: PGlite doesn't export its package.json.
  const manifest = new URL("../node_modules/@electric-sql/pglite/package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
  return version;
}
