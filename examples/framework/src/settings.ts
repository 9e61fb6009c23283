import { configFromEnv } from "@tenon/core/config-from-env";
import { programVariables, randomSecret } from "example-setup/program-variables";

/** What the framework is told by its environment. */
export type Settings = ReturnType<typeof readSettings>;

const MILLISECONDS = { type: "duration", unit: "milliseconds", as: "milliseconds" } as const;
const DAYS = { type: "duration", unit: "days", as: "seconds" } as const;

/**
 * Reads the framework's variables.
 * @throws {ConfigError} naming every one that is missing or malformed.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>) {
  return configFromEnv(env, {
    ...programVariables(3000),
    redisUrl: { name: "REDIS_URL", type: "url", protocols: ["redis", "rediss"] },
    // Nobody knows a random one, so that nothing verifies.
    webhookSecret: { name: "WEBHOOK_SECRET", type: "secret", minLength: 32, default: randomSecret("whsec_") },
    maxRetries: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 0, max: 49, default: 3 },
    retryDelayMs: { name: "WEBHOOK_RETRY_DELAY", ...MILLISECONDS, max: 86_400_000, default: 1_000 },
    backoffFactor: { name: "WEBHOOK_BACKOFF_FACTOR", type: "number", min: 1, max: 10, default: 2 },
    timeoutMs: { name: "WEBHOOK_TIMEOUT", ...MILLISECONDS, min: 100, max: 120_000, default: 10_000 },
    keyLifetimeSeconds: { name: "API_KEY_EXPIRY", ...DAYS, min: 1, default: 365 * 86_400 },
    keyPrefix: { name: "API_KEY_PREFIX", type: "text", default: "sk_" },
  });
}
