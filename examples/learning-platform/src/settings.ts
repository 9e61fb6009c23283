import { configFromEnv } from "@tenon/core/config-from-env";
import { programVariables } from "example-setup/program-variables";

const milliseconds = (name: string, min: number, max: number, usual: number) =>
  ({ name, type: "duration", unit: "milliseconds", as: "milliseconds", min, max, default: usual }) as const;

/**
 * What the platform is told by its environment.
 * @throws {ConfigError} naming every variable that is missing or malformed.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>) {
  return configFromEnv(env, {
    ...programVariables(3009),
    timeoutMs: milliseconds("WEBHOOK_TIMEOUT_MS", 100, 120_000, 30_000),
    // In all: the platform counts the first attempt as one of the five.
    attempts: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 1, max: 50, default: 5 },
    pollIntervalMs: milliseconds("WEBHOOK_WORKER_INTERVAL_MS", 10, 60_000, 60_000),
  });
}
