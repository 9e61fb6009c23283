import type { z } from "zod";
import { ConfigError, type InputProblem, ValidationError } from "../errors/tenon-error.js";

/**
 * Checks a caller's input against a schema and returns what the schema makes of it.
 * @throws {ValidationError} naming every offending field.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationError(describeIssues(result.error));
}

/**
 * Checks a host's configuration against a schema.
 * @throws {ConfigError} naming every problem at once.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, config: unknown): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  throw new ConfigError(describeIssues(result.error));
}

/** The JSON pointer of a path (RFC 6901 section 3). */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function describeIssues(error: z.ZodError): readonly InputProblem[] {
  return error.issues.map(({ path, message }) => ({ pointer: toPointer(path), message }));
}
