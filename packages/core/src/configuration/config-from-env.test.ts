import { expect, expectTypeOf, test } from "vitest";
import { ConfigError } from "../errors/tenon-error.js";
import { createSecret, isSecret, type Secret } from "../secret/secret.js";
import { configFromEnv } from "./config-from-env.js";
import type { EnvironmentVariable } from "./environment-variable.js";

function read(variable: EnvironmentVariable, text?: string): unknown {
  return configFromEnv({ [variable.name]: text }, { it: variable }).it;
}

function problemOf(variable: EnvironmentVariable, text?: string): string | undefined {
  try {
    read(variable, text);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
  }
}

test.each<[EnvironmentVariable, string, unknown]>([
  [{ name: "A", type: "text" }, " as it is ", " as it is "],
  [{ name: "A", type: "url" }, "https://example.com/a?b", "https://example.com/a?b"],
  [{ name: "A", type: "url", protocols: ["file"] }, "file:./data", "file:./data"],
  [{ name: "A", type: "url" }, "mongodb://u:p@a:1,b:2/db", "mongodb://u:p@a:1,b:2/db"],
  [{ name: "A", type: "url" }, " redis://localhost:6379\r", "redis://localhost:6379"],
  [{ name: "A", type: "integer" }, "-12", -12],
  [{ name: "A", type: "integer", min: 0, max: 65_535 }, "65535", 65_535],
  [{ name: "A", type: "number" }, "1.5", 1.5],
  [{ name: "A", type: "duration", unit: "milliseconds", as: "milliseconds" }, "30000", 30_000],
  [{ name: "A", type: "duration", unit: "seconds", as: "milliseconds" }, "3", 3_000],
  [{ name: "A", type: "duration", unit: "days", as: "seconds" }, "365", 31_536_000],
  [{ name: "A", type: "boolean" }, "Yes", true],
  [{ name: "A", type: "boolean" }, "0", false],
  [{ name: "A", type: "one-of", values: ["dev", "prod"] }, "prod", "prod"],
  [{ name: "A", type: "list" }, "a, b,,c ", ["a", "b", "c"]],
])("%j takes %j as %j", (variable, text, value) => {
  expect(read(variable, text)).toEqual(value);
});

test.each<[EnvironmentVariable, string, string]>([
  [{ name: "A", type: "text", minLength: 12 }, "hunter2", "must be at least 12 characters long"],
  [{ name: "A", type: "secret", minLength: 12 }, "hunter2", "must be at least 12 characters long"],
  [{ name: "A", type: "url" }, "hunter2", "must be an absolute URL"],
  [
    { name: "A", type: "url", protocols: ["postgres", "file"] },
    "mysql://a:hunter2@b",
    "must be a URL that begins with postgres: or file:",
  ],
  [{ name: "A", type: "integer" }, "hunter2", "must be a whole number"],
  [{ name: "A", type: "integer" }, "1.5", "must be a whole number"],
  [{ name: "A", type: "integer" }, "0x10", "must be a whole number"],
  [{ name: "A", type: "integer", min: 1, max: 9 }, "10", "must be a whole number from 1 to 9"],
  [{ name: "A", type: "number", min: 1 }, "0.5", "must be a number, at least 1"],
  [{ name: "A", type: "number", max: 1 }, "1e1", "must be a number, at most 1"],
  [
    { name: "A", type: "duration", unit: "days", as: "seconds" },
    "-1",
    "must be a whole number of days, at least 0",
  ],
  [{ name: "A", type: "boolean" }, "hunter2", "must be true or false"],
  [{ name: "A", type: "boolean" }, "constructor", "must be true or false"],
  [{ name: "A", type: "one-of", values: ["dev", "prod"] }, "hunter2", "must be one of dev, prod"],
  [{ name: "A", type: "list" }, ",", "must be a list divided by commas"],
])("%j refuses %j: it %s", (variable, text, message) => {
  expect(problemOf(variable, text)).toBe(`/A ${message}`);
});

test("every missing and malformed variable is named at once, and no value is shown", () => {
  const load = () =>
    configFromEnv(
      { PORT: "hunter2", DATABASE_URL: "  ", ENCRYPTION_KEY: "hunter2" },
      {
        port: { name: "PORT", type: "integer", min: 0, max: 65_535, default: 3_000 },
        databaseUrl: { name: "DATABASE_URL", type: "url", required: true },
        encryptionKey: { name: "ENCRYPTION_KEY", type: "secret", minLength: 32, required: true },
        jwtSecret: { name: "JWT_SECRET", type: "secret", required: true },
      },
    );
  expect(load).toThrow(
    "Invalid configuration: /PORT must be a whole number from 0 to 65535; /DATABASE_URL is missing; " +
      "/ENCRYPTION_KEY must be at least 32 characters long; /JWT_SECRET is missing",
  );
});

test.each([undefined, "", " \t"])("a variable that is %j isn't set: its default holds", (text) => {
  expect(read({ name: "A", type: "integer", default: 5 }, text)).toBe(5);
  expect(read({ name: "A", type: "integer" }, text)).toBeUndefined();
  expect(problemOf({ name: "A", type: "integer", required: true }, text)).toBe("/A is missing");
});

test("what an environment inherits is not a variable", () => {
  expect(read({ name: "constructor", type: "text" })).toBeUndefined();
});

test("a secret is given as a Secret", () => {
  const secret = read({ name: "A", type: "secret" }, "hunter2");
  expect(isSecret(secret) && secret.reveal()).toBe("hunter2");
});

test("one variable can be required once another is set, and be made anew where it isn't", () => {
  let made = 0;
  const mapping = {
    vaultKey: {
      name: "TENON_VAULT_KEY",
      type: "secret",
      requiredWith: "DATABASE_URL",
      default: () => createSecret(`random ${++made}`),
    },
  } as const;
  expect(() => configFromEnv({ DATABASE_URL: "file:./data" }, mapping)).toThrow(
    "/TENON_VAULT_KEY is missing, and required once DATABASE_URL is set",
  );
  expect(configFromEnv({}, mapping).vaultKey.reveal()).toBe("random 1");
  expect(configFromEnv({}, mapping).vaultKey.reveal()).toBe("random 2");
  expect(configFromEnv({ DATABASE_URL: "x", TENON_VAULT_KEY: "own" }, mapping).vaultKey.reveal()).toBe("own");
});

test("the values have the types of their variables", () => {
  const values = configFromEnv(
    { KEY: "k" },
    {
      key: { name: "KEY", type: "secret", required: true },
      mode: { name: "MODE", type: "one-of", values: ["dev", "prod"], default: "dev" },
      port: { name: "PORT", type: "integer" },
      origins: { name: "ORIGINS", type: "list", default: [] },
    },
  );
  expectTypeOf(values.key).toEqualTypeOf<Secret>();
  expectTypeOf(values.mode).toEqualTypeOf<"dev" | "prod">();
  expectTypeOf(values.port).toEqualTypeOf<number | undefined>();
  expectTypeOf(values.origins).toEqualTypeOf<readonly string[]>();
});
