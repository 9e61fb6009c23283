import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", "bin/tenon-migrate": "src/bin/tenon-migrate.ts" },
  format: ["esm", "cjs"],
  dts: { entry: { index: "src/index.ts" } },
  external: ["pg"],
  clean: true,
  target: "node20",
  platform: "node",
});
