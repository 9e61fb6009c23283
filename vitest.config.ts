import { defineConfig } from "vitest/config";

const everyTest = [
  "packages/*/{src,test}/**/*.test.ts",
  "examples/*/test/**/*.test.ts",
  "scripts/**/*.test.ts",
  "test/**/*.test.ts",
];
const pgliteTests = ["**/*.pglite.test.ts"];

export default defineConfig({
  // Only this condition: adding "import" would hand ESM files to CommonJS dependencies.
  ssr: { resolve: { conditions: ["@tenon/source"] } },
  test: {
    globalSetup: ["scripts/test-postgres.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: everyTest,
          exclude: [...pgliteTests, "**/node_modules/**"],
          maxWorkers: 2,
        },
      },
      {
        // PGlite takes seconds to start: one instance a worker, shared by the files that worker runs.
        extends: true,
        test: { name: "pglite", include: pgliteTests, isolate: false, maxWorkers: 2 },
      },
    ],
  },
});
