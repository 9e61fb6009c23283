import { WebhookVerificationError } from "./webhook-verification-error.js";

const MAX_ISSUES = 3;
const MAX_MESSAGE_CHARACTERS = 500;

/**
 * A schema of any library that implements Standard Schema v1: zod, Valibot, ArkType and others. `Output` is what
 * it turns an event into.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Returns the schema's output. Throws `schema_mismatch`, also for a schema that throws (then with its `cause`). */
export async function checkSchema<Output>(schema: StandardSchema<Output>, value: unknown): Promise<Output> {
  let problems: string;
  try {
    const result = await schema["~standard"].validate(value);
    if (!result.issues) return result.value;
    problems = describeIssues(result.issues);
  } catch (cause) {
    throw new WebhookVerificationError(
      "schema_mismatch",
      "The webhook is authentic, but options.schema threw, or is not a Standard Schema.",
      { cause },
    );
  }
  throw new WebhookVerificationError(
    "schema_mismatch",
    `The webhook is authentic, but its event does not fit options.schema: ${problems}`,
  );
}

function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues
    .slice(0, MAX_ISSUES)
    .map(({ path = [], message }) => {
      const place = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
      return place === "" ? message : `${place}: ${message}`;
    })
    .join("; ")
    .slice(0, MAX_MESSAGE_CHARACTERS);
}
