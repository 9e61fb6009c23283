import { ConfigError, type InputProblem } from "../errors/tenon-error.js";
import type { EnvironmentValues, EnvironmentVariable } from "./environment-variable.js";
import { readVariable } from "./read-variable.js";

/**
 * Reads a host's settings from its environment, as a mapping says: which variable fills which field, what it must look
 * like, and what holds when it isn't set. A variable that is empty or blank isn't set. Tenon never reads an environment
 * by itself: the host passes the one it means.
 * @throws {ConfigError} that names every variable that is missing or malformed, all at once, and no value.
 * @example
 * const settings = configFromEnv(process.env, {
 *   databaseUrl: { name: "DATABASE_URL", type: "url", protocols: ["postgres", "postgresql"], required: true },
 *   jwtSecret: { name: "JWT_SECRET", type: "secret", minLength: 32, required: true },
 *   timeoutMs: { name: "WEBHOOK_TIMEOUT_MS", type: "duration", unit: "milliseconds", as: "milliseconds", default: 15_000 },
 * });
 */
export function configFromEnv<const Mapping extends Readonly<Record<string, EnvironmentVariable>>>(
  env: Readonly<Record<string, string | undefined>>,
  mapping: Mapping,
): EnvironmentValues<Mapping> {
  const values: Record<string, unknown> = {};
  const problems: InputProblem[] = [];
  for (const [field, variable] of Object.entries(mapping)) {
    const text = findText(env, variable.name);
    if (text === undefined) {
      const problem = missing(variable, env);
      if (problem === undefined) values[field] = defaultOf(variable);
      else problems.push({ pointer: `/${variable.name}`, message: problem });
      continue;
    }
    const reading = readVariable(variable, text);
    if (reading.ok) values[field] = reading.value;
    else problems.push({ pointer: `/${variable.name}`, message: `must be ${reading.mustBe}` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as EnvironmentValues<Mapping>;
}

function findText(env: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = env[name];
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}

function missing(
  { required, requiredWith }: EnvironmentVariable,
  env: Readonly<Record<string, unknown>>,
): string | undefined {
  if (required) return "is missing";
  if (requiredWith === undefined || findText(env, requiredWith) === undefined) return undefined;
  return `is missing, and required once ${requiredWith} is set`;
}

function defaultOf({ default: value }: EnvironmentVariable): unknown {
  return typeof value === "function" ? value() : value;
}
