import { z } from "zod";
import type { ErrorCode } from "../../../errors/codes.js";
import type { HttpReply } from "../../exchange.js";
import type { FieldError, RefuseManagement } from "../../management/replies/management-refusal.js";
import type { JsonSchema, ResponseObject } from "../document.js";
import type { ComponentSchemas } from "../schemas/component-schemas.js";
import { schemaOfSamples } from "../schemas/schema-of-samples.js";
import { DESCRIBED_ERRORS, DESCRIBED_STATUSES, type DescribedError } from "./error-table.js";
import { REPLY_HEADERS, refersToHeaders } from "./headers.js";

const PROBLEM = "application/problem+json";

const EXAMPLE_ERRORS: readonly FieldError[] = [
  { in: "query", parameter: "limit", message: "must be a whole number from 1 to 100" },
];
const OTHER_EXAMPLE_ERRORS: readonly FieldError[] = [
  { in: "body", pointer: "/name", message: "must be a text" },
];

const fieldError = z.union([
  z.object({ in: z.literal("body"), pointer: z.string(), message: z.string() }),
  z.object({ in: z.enum(["query", "path"]), parameter: z.string(), message: z.string() }),
]);

/**
 * Describes the refusals of an API by name: the host's renderer is asked for an example of each, and its form is what the
 * examples have in common.
 */
export function describeErrorReplies(
  refuse: RefuseManagement,
  isRendered: boolean,
  components: ComponentSchemas,
): Readonly<Record<string, ResponseObject>> {
  const shape = isRendered ? renderedShape(refuse, components) : problemShape(components);
  return Object.fromEntries(
    DESCRIBED_STATUSES.map((status) => {
      const described: DescribedError = DESCRIBED_ERRORS[status];
      const [code = "INTERNAL_ERROR"] = described.codes;
      const reply = sample(refuse, described, code);
      const headers = Object.keys(described.headers ?? {}).filter((name) => name in REPLY_HEADERS);
      const response: ResponseObject = {
        description: `${described.description} ${listCodes(described.codes)}`,
        headers: refersToHeaders(["X-Request-Id", ...headers]),
        ...(reply === undefined ? {} : { content: shape(reply) }),
      };
      return [described.name, response];
    }),
  );
}

type Shape = (reply: HttpReply) => NonNullable<ResponseObject["content"]>;

function problemShape(components: ComponentSchemas): Shape {
  const codes = DESCRIBED_STATUSES.flatMap((status): readonly ErrorCode[] => DESCRIBED_ERRORS[status].codes);
  const schema = components.add(
    "Problem",
    components.describe(
      z.object({
        type: z.string().meta({ format: "uri-reference" }),
        title: z.string(),
        status: z.int(),
        detail: z.string().meta({ description: "A sentence for developers." }),
        code: z.enum(codes).meta({ description: "What went wrong, for programs." }),
        errors: z
          .array(fieldError)
          .optional()
          .meta({ description: "Every field that is wrong, with `VALIDATION_FAILED`." }),
      }),
      "output",
    ),
  );
  return ({ body = "" }) => ({ [PROBLEM]: { schema, example: JSON.parse(body) } });
}

function renderedShape(refuse: RefuseManagement, components: ComponentSchemas): Shape {
  const samples = DESCRIBED_STATUSES.flatMap((status) => {
    const described: DescribedError = DESCRIBED_ERRORS[status];
    return described.codes.flatMap((code) => [
      sample(refuse, described, code),
      sample(refuse, described, code, OTHER_EXAMPLE_ERRORS),
    ]);
  });
  const bodies = samples.flatMap((reply) => (reply?.body === undefined ? [] : [readBody(reply)]));
  let named: JsonSchema | undefined;
  return (reply) => {
    named ??= components.add("Error", schemaOfSamples(bodies));
    const example = readBody(reply);
    const type = reply.headers["content-type"] ?? "application/json";
    return { [type]: { schema: typeof example === "string" ? { type: "string" } : named, example } };
  };
}

/** A renderer may expect more of a refusal than an example has: then that reply is left undescribed. */
function sample(
  refuse: RefuseManagement,
  { detail, headers = {} }: DescribedError,
  code: ErrorCode,
  errors = EXAMPLE_ERRORS,
): HttpReply | undefined {
  try {
    return refuse(code, detail, { headers, errors: code === "VALIDATION_FAILED" ? errors : [] });
  } catch {
    return undefined;
  }
}

function readBody({ body = "" }: HttpReply): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function listCodes(codes: readonly ErrorCode[]): string {
  return codes.map((code) => `\`${code}\``).join(", ");
}
