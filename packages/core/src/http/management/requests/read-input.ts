import type { z } from "zod";
import type { InputProblem } from "../../../errors/tenon-error.js";
import { fittingFields, toPointer } from "../../../input/parse-input.js";
import { type ObjectPresenter, UNKNOWN_FIELD } from "../presentation/present-object.js";
import type { PresentedRoute } from "../presentation/present-routes.js";
import type { FieldError } from "../replies/management-refusal.js";

export interface RouteInput {
  readonly params: Fields;
  readonly query: Fields;
  readonly body: Fields | undefined;
}

export type ReadInput =
  | { readonly ok: true; readonly input: RouteInput }
  | {
      readonly ok: false;
      readonly errors: readonly FieldError[];
      /** Of each part the fields that fit. */
      readonly fitting: FittingInput;
    };

export type FittingInput = { readonly [Part in keyof RouteInput]: Fields };

type Fields = Readonly<Record<string, unknown>>;

/** Checks everything that a request says against its route, and names every field that is wrong at once. */
export function readInput(
  { route, query, fixedQuery, body }: PresentedRoute,
  request: {
    readonly params: Readonly<Record<string, string>>;
    /** The query as it came, without its question mark. */
    readonly queryText: string;
    readonly bodyValue: unknown;
  },
): ReadInput {
  const params = check(route.params, request.params);
  const searched = readSearch(request.queryText);
  const readQuery = readFields(query, route.query, searched.fields, fixedQuery);
  const bodyIsMissing = request.bodyValue === undefined && body !== undefined && !route.bodyIsOptional;
  const readBody =
    body === undefined || route.body === undefined
      ? { fields: {}, problems: [] }
      : readFields(body, route.body, (request.bodyValue ?? {}) as Fields);
  const errors = [
    ...params.problems.map((problem) => inPlace("path", problem)),
    ...searched.problems.map((problem) => inPlace("query", problem)),
    ...readQuery.problems.map((problem) => inPlace("query", problem)),
    ...(bodyIsMissing ? [{ in: "body" as const, pointer: "", message: "must be a JSON object" }] : []),
    ...(bodyIsMissing ? [] : readBody.problems.map((problem) => inPlace("body", problem))),
  ];
  const input = { params: params.fields, query: readQuery.fields, body: readBody.fields };
  return errors.length > 0
    ? { ok: false, errors, fitting: input }
    : { ok: true, input: { ...input, body: body && input.body } };
}

/** Where in the request a service found fault: what a service takes is the body, the query and the path together. */
export function locateProblems(
  { route, query, body }: PresentedRoute,
  problems: readonly InputProblem[],
): readonly FieldError[] {
  return problems.map(({ pointer, message }) => {
    const [, name = ""] = pointer.split("/");
    if (Object.hasOwn(route.params.shape, name)) return inPlace("path", { pointer, message });
    if (Object.hasOwn(route.query.shape, name)) {
      return inPlace("query", { pointer: query.toPresented(pointer), message });
    }
    return inPlace("body", { pointer: body?.toPresented(pointer) ?? pointer, message });
  });
}

type Checked = {
  /** Where something is wrong, those that fit. */
  readonly fields: Fields;
  readonly problems: readonly InputProblem[];
};

function readFields(
  presenter: ObjectPresenter,
  schema: z.ZodObject,
  input: Fields,
  fixed: Fields = {},
): Checked {
  const { fields, problems } = presenter.read(input);
  const checked = check(schema, { ...fields, ...fixed });
  const named = new Set(problems.map(({ pointer }) => pointer));
  const found = checked.problems
    .map(({ pointer, message }) => ({ pointer: presenter.toPresented(pointer), message }))
    // A field that couldn't be read is missing only because of that.
    .filter(({ pointer }) => !named.has(pointer));
  return { fields: checked.fields, problems: [...problems, ...found] };
}

function check(schema: z.ZodObject, fields: Fields): Checked {
  const result = schema.safeParse(fields);
  if (result.success) return { fields: result.data, problems: [] };
  return { fields: fittingFields(schema, fields), problems: result.error.issues.flatMap(describeIssue) };
}

function describeIssue(issue: z.core.$ZodIssue): readonly InputProblem[] {
  if (issue.code !== "unrecognized_keys") {
    return [{ pointer: toPointer(issue.path), message: issue.message }];
  }
  return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), message: UNKNOWN_FIELD }));
}

function readSearch(text: string): {
  readonly fields: Readonly<Record<string, string>>;
  readonly problems: readonly InputProblem[];
} {
  const fields: Record<string, string> = {};
  const problems: InputProblem[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(fields, name)) problems.push({ pointer: toPointer([name]), message: "is given twice" });
    // Assigned, "__proto__" would vanish instead of being refused.
    else Object.defineProperty(fields, name, { value, enumerable: true });
  }
  return { fields, problems };
}

function inPlace(place: FieldError["in"], { pointer, message }: InputProblem): FieldError {
  if (place === "body") return { in: "body", pointer, message };
  const parameter = pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  return { in: place, parameter, message };
}
