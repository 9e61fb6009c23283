import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/providers/index.ts", "src/crypto.node.ts", "src/crypto.web.ts"],
  format: ["esm", "cjs"],
  dts: true,
  clean: true,
  target: "node20",
  platform: "node",
  // Resolved by the runtime through package.json "imports", so that browsers get WebCrypto.
  external: [/^#/],
});
