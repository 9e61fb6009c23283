import { expect, test } from "vitest";
import { readSettings } from "../src/settings.js";

const JWT_SECRET = "a secret of the platform's own login";

test("what isn't set is as the platform's documents have it", () => {
  expect(readSettings({ JWT_SECRET, NODE_ENV: "development" })).toMatchObject({
    port: 3009,
    databaseUrl: undefined,
    timeoutMs: 30_000,
    attempts: 5,
    pollIntervalMs: 60_000,
    isDemo: false,
  });
});

test("what is set holds", () => {
  const env = {
    JWT_SECRET,
    TENON_VAULT_KEY: "k".repeat(32),
    DATABASE_URL: "postgresql://aivo:aivo@localhost:5434/integration_svc",
    PORT: "8080",
    WEBHOOK_TIMEOUT_MS: "500",
    WEBHOOK_MAX_RETRIES: "3",
    WEBHOOK_WORKER_INTERVAL_MS: "1000",
    DEMO: "1",
  };
  const { vaultKey, jwtSecret, ...others } = readSettings(env);
  expect([vaultKey.reveal(), jwtSecret.reveal()]).toEqual([env.TENON_VAULT_KEY, JWT_SECRET]);
  expect(others).toEqual({
    port: 8080,
    databaseUrl: env.DATABASE_URL,
    timeoutMs: 500,
    attempts: 3,
    pollIntervalMs: 1000,
    isDemo: true,
  });
});

test("a vault key that nobody sets is another at each start", () => {
  const keys = [1, 2].map(() => readSettings({ JWT_SECRET }).vaultKey.reveal());
  expect(new Set(keys).size).toBe(2);
});
