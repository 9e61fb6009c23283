import { defineConfig } from "tsup";

// Plain JavaScript, so that no loader stands between Node and what is measured.
export default defineConfig({
  entry: ["src/main.ts", "src/*/contestants/*.ts", "src/*/servers/*.ts"],
  format: "esm",
  splitting: false,
  clean: true,
  target: "node20",
  platform: "node",
});
