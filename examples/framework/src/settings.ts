import { randomBytes } from "node:crypto";
import { createSecret } from "@tenon/core";
import { configFromEnv } from "@tenon/core/config-from-env";

/** What the framework is told by its environment. */
export type Settings = ReturnType<typeof readSettings>;

const MILLISECONDS = { type: "duration", unit: "milliseconds", as: "milliseconds" } as const;
const DAYS = { type: "duration", unit: "days", as: "seconds" } as const;
const SECRET = { type: "secret", minLength: 32 } as const;
const random = (head: string) => () => createSecret(head + randomBytes(32).toString("base64"));

/**
 * Reads the framework's variables.
 * @throws {ConfigError} naming every one that is missing or malformed.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>) {
  return configFromEnv(env, {
    port: { name: "PORT", type: "integer", min: 0, max: 65_535, default: 3000 },
    databaseUrl: { name: "DATABASE_URL", type: "url", protocols: ["postgres", "postgresql", "file"] },
    redisUrl: { name: "REDIS_URL", type: "url", protocols: ["redis", "rediss"] },
    // What is in memory alone needs no key that outlives it.
    vaultKey: { name: "TENON_VAULT_KEY", ...SECRET, requiredWith: "DATABASE_URL", default: random("") },
    jwtSecret: { name: "JWT_SECRET", ...SECRET, required: true },
    // Nobody knows a random one, so that nothing verifies.
    webhookSecret: { name: "WEBHOOK_SECRET", ...SECRET, default: random("whsec_") },
    maxRetries: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 0, max: 49, default: 3 },
    retryDelayMs: { name: "WEBHOOK_RETRY_DELAY", ...MILLISECONDS, max: 86_400_000, default: 1_000 },
    backoffFactor: { name: "WEBHOOK_BACKOFF_FACTOR", type: "number", min: 1, max: 10, default: 2 },
    timeoutMs: { name: "WEBHOOK_TIMEOUT", ...MILLISECONDS, min: 100, max: 120_000, default: 10_000 },
    keyLifetimeSeconds: { name: "API_KEY_EXPIRY", ...DAYS, min: 1, default: 365 * 86_400 },
    keyPrefix: { name: "API_KEY_PREFIX", type: "text", default: "sk_" },
    isDemo: { name: "DEMO", type: "boolean", default: false },
  });
}
