import { expect, test } from "vitest";
import { ConfigError } from "../errors/tenon-error.js";
import { isSecret } from "../secret/secret.js";
import { configFromEnv } from "./config-from-env.js";
import type { EnvironmentVariable } from "./environment-variable.js";

const KEY = "k".repeat(32);
const DATABASE = {
  name: "DATABASE_URL",
  type: "url",
  protocols: ["postgres", "postgresql", "file"],
} as const;
const NODE_ENV = { name: "NODE_ENV", type: "text", default: "development" } as const;
const REDIS = { name: "REDIS_URL", type: "url", protocols: ["redis", "rediss"] } as const;
const port = (fallback: number) =>
  ({ name: "PORT", type: "integer", min: 0, max: 65_535, default: fallback }) as const;
const milliseconds = (name: string, fallback: number) =>
  ({ name, type: "duration", unit: "milliseconds", as: "milliseconds", default: fallback }) as const;
const secret = (name: string) => ({ name, type: "secret", required: true }) as const;
/** A client's two halves: none, or both. */
const optionalClient = (provider: string) =>
  ({
    [`${provider}_CLIENT_ID`]: {
      name: `${provider}_CLIENT_ID`,
      type: "text",
      requiredWith: `${provider}_CLIENT_SECRET`,
    },
    [`${provider}_CLIENT_SECRET`]: {
      name: `${provider}_CLIENT_SECRET`,
      type: "secret",
      requiredWith: `${provider}_CLIENT_ID`,
    },
  }) as Readonly<Record<string, EnvironmentVariable>>;
const requiredClient = (provider: string) =>
  ({
    [`${provider}_CLIENT_ID`]: { name: `${provider}_CLIENT_ID`, type: "text", required: true },
    [`${provider}_CLIENT_SECRET`]: secret(`${provider}_CLIENT_SECRET`),
  }) as Readonly<Record<string, EnvironmentVariable>>;

interface System {
  readonly name: string;
  readonly mapping: Readonly<Record<string, EnvironmentVariable>>;
  /** The variables of the system's own documents. */
  readonly env: Readonly<Record<string, string>>;
  /** What they are read as; secrets as their texts. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What must be set. */
  readonly required: readonly string[];
}

const systems: readonly System[] = [
  {
    name: "000",
    mapping: {
      databaseUrl: { ...DATABASE, required: true },
      port: port(3009),
      nodeEnv: NODE_ENV,
      timeoutMs: milliseconds("WEBHOOK_TIMEOUT_MS", 30_000),
      maxRetries: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 0, default: 5 },
      pollIntervalMs: milliseconds("WEBHOOK_WORKER_INTERVAL_MS", 60_000),
    },
    env: {
      DATABASE_URL: "postgresql://aivo:aivo@localhost:5434/integration_svc",
      PORT: "3009",
      NODE_ENV: "development",
      WEBHOOK_TIMEOUT_MS: "30000",
      WEBHOOK_MAX_RETRIES: "5",
      WEBHOOK_WORKER_INTERVAL_MS: "60000",
    },
    values: {
      databaseUrl: "postgresql://aivo:aivo@localhost:5434/integration_svc",
      port: 3009,
      nodeEnv: "development",
      timeoutMs: 30_000,
      maxRetries: 5,
      pollIntervalMs: 60_000,
    },
    required: ["DATABASE_URL"],
  },
  {
    name: "001",
    mapping: { encryptionKey: { name: "ENCRYPTION_KEY", type: "secret", minLength: 32, required: true } },
    env: { ENCRYPTION_KEY: KEY },
    values: { encryptionKey: KEY },
    required: ["ENCRYPTION_KEY"],
  },
  {
    name: "002",
    mapping: {
      redisUrl: REDIS,
      maxRetries: { name: "WEBHOOK_MAX_RETRIES", type: "integer", min: 0, default: 3 },
      retryDelayMs: milliseconds("WEBHOOK_RETRY_DELAY", 1_000),
      backoffFactor: { name: "WEBHOOK_BACKOFF_FACTOR", type: "number", min: 1, default: 2 },
      timeoutMs: milliseconds("WEBHOOK_TIMEOUT", 10_000),
      keyLifetimeSeconds: {
        name: "API_KEY_EXPIRY",
        type: "duration",
        unit: "days",
        as: "seconds",
        min: 1,
        default: 365 * 86_400,
      },
      keyPrefix: { name: "API_KEY_PREFIX", type: "text", default: "sk_" },
    },
    env: {
      REDIS_URL: "redis://localhost:6379",
      WEBHOOK_MAX_RETRIES: "3",
      WEBHOOK_RETRY_DELAY: "1000",
      WEBHOOK_BACKOFF_FACTOR: "2",
      WEBHOOK_TIMEOUT: "10000",
      API_KEY_EXPIRY: "365",
      API_KEY_PREFIX: "sk_",
    },
    values: {
      redisUrl: "redis://localhost:6379",
      maxRetries: 3,
      retryDelayMs: 1_000,
      backoffFactor: 2,
      timeoutMs: 10_000,
      keyLifetimeSeconds: 31_536_000,
      keyPrefix: "sk_",
    },
    required: [],
  },
  {
    name: "003",
    mapping: {
      mongoUri: { name: "MONGO_URI", type: "url", protocols: ["mongodb", "mongodb+srv"], required: true },
      jwtSecret: secret("JWT_SECRET"),
      webhookSecret: secret("WEBHOOK_SECRET"),
      ...requiredClient("OAUTH"),
      ...optionalClient("SLACK"),
      ...optionalClient("GOOGLE"),
    },
    env: {
      MONGO_URI: "mongodb://localhost:27017/voicera",
      JWT_SECRET: "jwt",
      WEBHOOK_SECRET: "whs",
      OAUTH_CLIENT_ID: "oid",
      OAUTH_CLIENT_SECRET: "ose",
      SLACK_CLIENT_ID: "sid",
      SLACK_CLIENT_SECRET: "sse",
      GOOGLE_CLIENT_ID: "gid",
      GOOGLE_CLIENT_SECRET: "gse",
    },
    values: {
      mongoUri: "mongodb://localhost:27017/voicera",
      jwtSecret: "jwt",
      webhookSecret: "whs",
      OAUTH_CLIENT_ID: "oid",
      OAUTH_CLIENT_SECRET: "ose",
      SLACK_CLIENT_ID: "sid",
      SLACK_CLIENT_SECRET: "sse",
      GOOGLE_CLIENT_ID: "gid",
      GOOGLE_CLIENT_SECRET: "gse",
    },
    required: ["MONGO_URI", "JWT_SECRET", "WEBHOOK_SECRET", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"],
  },
  {
    name: "004",
    mapping: {
      nodeEnv: NODE_ENV,
      port: port(3008),
      databaseUrl: { ...DATABASE, required: true },
      redisUrl: { ...REDIS, required: true },
      encryptionKey: secret("ENCRYPTION_KEY"),
      frontendUrl: { name: "FRONTEND_URL", type: "url", protocols: ["http", "https"], required: true },
      ...optionalClient("TIKTOK"),
      ...optionalClient("INSTAGRAM"),
      ...optionalClient("FACEBOOK"),
      ...optionalClient("YOUTUBE"),
      ...optionalClient("SHOPIFY"),
    },
    env: {
      NODE_ENV: "production",
      PORT: "8080",
      DATABASE_URL: "postgres://nexus@db/nexus",
      REDIS_URL: "redis://cache:6379",
      ENCRYPTION_KEY: KEY,
      FRONTEND_URL: "https://app.example.com",
      TIKTOK_CLIENT_ID: "tid",
      TIKTOK_CLIENT_SECRET: "tse",
      INSTAGRAM_CLIENT_ID: "iid",
      INSTAGRAM_CLIENT_SECRET: "ise",
      FACEBOOK_CLIENT_ID: "fid",
      FACEBOOK_CLIENT_SECRET: "fse",
      YOUTUBE_CLIENT_ID: "yid",
      YOUTUBE_CLIENT_SECRET: "yse",
      SHOPIFY_CLIENT_ID: "hid",
      SHOPIFY_CLIENT_SECRET: "hse",
    },
    values: {
      nodeEnv: "production",
      port: 8080,
      databaseUrl: "postgres://nexus@db/nexus",
      redisUrl: "redis://cache:6379",
      encryptionKey: KEY,
      frontendUrl: "https://app.example.com",
      TIKTOK_CLIENT_ID: "tid",
      TIKTOK_CLIENT_SECRET: "tse",
      INSTAGRAM_CLIENT_ID: "iid",
      INSTAGRAM_CLIENT_SECRET: "ise",
      FACEBOOK_CLIENT_ID: "fid",
      FACEBOOK_CLIENT_SECRET: "fse",
      YOUTUBE_CLIENT_ID: "yid",
      YOUTUBE_CLIENT_SECRET: "yse",
      SHOPIFY_CLIENT_ID: "hid",
      SHOPIFY_CLIENT_SECRET: "hse",
    },
    required: ["DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEY", "FRONTEND_URL"],
  },
];

test.each(systems)("system $name: its documented variables are read under exactly their names", (system) => {
  const values = configFromEnv(system.env, system.mapping);
  expect(mapValues(values, (value) => (isSecret(value) ? value.reveal() : value))).toEqual(system.values);
});

test.each(systems)("system $name: with nothing set, exactly what it requires is missing", (system) => {
  expect(namesMissing(system.mapping, {})).toEqual([...system.required].toSorted());
});

test.each(systems)("system $name: what is left out of the optional ones has its default", (system) => {
  const env = mapValues(system.env, (text, name) => (system.required.includes(name) ? text : undefined));
  const values = configFromEnv(env, system.mapping);
  for (const [field, variable] of Object.entries(system.mapping)) {
    if (!system.required.includes(variable.name)) expect(values[field]).toEqual(variable.default);
  }
});

test("half of an OAuth client is refused by the name of its other half", () => {
  const system = systems.find(({ name }) => name === "004");
  const env = { ...system?.env, TIKTOK_CLIENT_SECRET: "", SHOPIFY_CLIENT_ID: undefined };
  expect(namesMissing(system?.mapping ?? {}, env)).toEqual(["SHOPIFY_CLIENT_ID", "TIKTOK_CLIENT_SECRET"]);
});

function namesMissing(
  mapping: System["mapping"],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  try {
    configFromEnv(env, mapping);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { message } of error.problems) expect(message).toMatch(/^is missing/);
    return error.problems.map(({ pointer }) => pointer.slice(1)).toSorted();
  }
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
