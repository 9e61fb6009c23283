import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "api-keys": "src/api-keys/index.ts",
    "config-from-env": "src/configuration/index.ts",
    encoding: "src/encoding/index.ts",
    errors: "src/errors/index.ts",
    http: "src/http/index.ts",
    oauth: "src/oauth/index.ts",
    opentelemetry: "src/telemetry/index.ts",
    ports: "src/ports/index.ts",
    "rate-limit": "src/rate-limit/index.ts",
    scopes: "src/scopes/index.ts",
    secret: "src/secret/index.ts",
    vault: "src/vault/index.ts",
    webhooks: "src/webhooks/index.ts",
  },
  format: ["esm", "cjs"],
  dts: true,
  clean: true,
  target: "node20",
  platform: "node",
});
