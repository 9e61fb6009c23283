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

/** What is wrong with fields beyond what their schemas say. A field that breaks its schema is absent, and not judged. */
export type FindProblems<Fields> = (fields: Partial<Fields>) => readonly InputProblem[];

/**
 * Checks a caller's input against a schema and against rules that depend on more than the input.
 * @throws {ValidationError} naming every offending field, whichever of the two it breaks.
 */
export function parseFields<Schema extends z.ZodObject>(
  schema: Schema,
  input: unknown,
  findProblems: FindProblems<z.output<Schema>>,
): z.output<Schema> {
  const result = schema.safeParse(input);
  const fields = result.success ? result.data : fittingFields(schema, input);
  const problems = [...(result.success ? [] : describeIssues(result.error.issues)), ...findProblems(fields)];
  if (result.success && problems.length === 0) return result.data;
  throw new ValidationError(problems);
}

/** What a schema makes of the fields that fit it, whatever the others do. */
export function fittingFields<Schema extends z.ZodObject>(
  schema: Schema,
  input: unknown,
): Partial<z.output<Schema>> {
  const given = Object(input) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(schema.shape).flatMap(([name, field]) => {
    const { data } = (field as z.ZodType).safeParse(given[name]);
    return data === undefined ? [] : [[name, data]];
  });
  return Object.fromEntries(fields) as Partial<z.output<Schema>>;
}

/** Of each item of a list, in its place, what a schema makes of the fields that fit it. */
export function fittingItems<Schema extends z.ZodObject>(
  schema: Schema,
  items: unknown,
): readonly Partial<z.output<Schema>>[] {
  return Array.isArray(items) ? items.map((item) => fittingFields(schema, item)) : [];
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
