import { randomBytes } from "node:crypto";
import { createSecret } from "@tenon/core";
import { configFromEnv } from "@tenon/core/config-from-env";

const milliseconds = (name: string, min: number, max: number, usual: number) =>
  ({ name, type: "duration", unit: "milliseconds", as: "milliseconds", min, max, default: usual }) as const;

/**
 * What the platform is told by its environment.
 * @throws {ConfigError} naming every variable that is missing or malformed.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>) {
  return configFromEnv(env, {
    port: { name: "PORT", type: "integer", min: 0, max: 65_535, default: 3009 },
    databaseUrl: { name: "DATABASE_URL", type: "url", protocols: ["postgres", "postgresql", "file"] },
    vaultKey: {
      name: "TENON_VAULT_KEY",
      type: "secret",
      minLength: 32,
      requiredWith: "DATABASE_URL",
      // What is in memory alone needs no key that outlives it.
      default: () => createSecret(randomBytes(32).toString("base64")),
    },
    jwtSecret: { name: "JWT_SECRET", type: "secret", minLength: 32, required: true },
    timeoutMs: milliseconds("WEBHOOK_TIMEOUT_MS", 100, 120_000, 30_000),
    // In all: the platform counts the first attempt as one of the five.
    attempts: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 1, max: 50, default: 5 },
    pollIntervalMs: milliseconds("WEBHOOK_WORKER_INTERVAL_MS", 10, 60_000, 60_000),
    isDemo: { name: "DEMO", type: "boolean", default: false },
  });
}
