import type { z } from "zod";
import { ConfigError, type InputProblem, ValidationError } from "../errors/tenon-error.js";

/**
 * Checks a caller's input against a schema and returns what the schema makes of it.
 * @throws {ValidationError} naming every offending field.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationError(describeIssues(result.error.issues));
}

/**
 * Checks a host's configuration against a schema.
 * @throws {ConfigError} naming every problem at once.
 */
export function parseConfig<Schema extends z.ZodType>(schema: Schema, config: unknown): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  throw new ConfigError(describeIssues(result.error.issues));
}

/** The JSON pointer of a path (RFC 6901 section 3). */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function describeIssues(issues: readonly Issue[], at: readonly PropertyKey[] = []): readonly InputProblem[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    const meant = issue.code === "invalid_union" ? findMeant(issue.errors) : undefined;
    if (meant !== undefined) return describeIssues(meant, path);
    return [{ pointer: toPointer(path), message: issue.message }];
  });
}

type Issue = z.core.$ZodIssue;

/** Of a choice that nothing of fits, what stands against the one that was meant: of the same kind, with least wrong. */
function findMeant(choice: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const ofSameKind = choice.filter((issues) => !issues.some(isAboutKind));
  const least = Math.min(...ofSameKind.map(({ length }) => length));
  const [meant, ...others] = ofSameKind.filter(({ length }) => length === least);
  return others.length === 0 ? meant : undefined;
}

const KIND_CODES: ReadonlySet<string> = new Set(["invalid_type", "invalid_value", "custom"]);

function isAboutKind({ code, path }: Issue): boolean {
  return path.length === 0 && code !== undefined && KIND_CODES.has(code);
}
