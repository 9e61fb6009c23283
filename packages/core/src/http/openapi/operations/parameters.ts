import type { z } from "zod";
import { type PresentedRoute, paramsSchema } from "../../management/presentation/present-routes.js";
import type { JsonSchema, ParameterObject, ReferenceObject } from "../document.js";
import type { ComponentSchemas } from "../schemas/component-schemas.js";

/** The headers that requests may carry, by their names in the document. */
export const REQUEST_HEADERS = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "Makes repeating the request safe: for a day, the same key and request get the same reply.",
    schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The `ETag` of the record as it was read: it is changed only if nobody changed it since.",
    schema: { type: "string" },
  },
  RequestId: {
    name: "X-Request-Id",
    in: "header",
    description: "An id of the caller's, where it is 1 to 128 letters, digits or `._:-`; else one is made.",
    schema: { type: "string" },
  },
} as const satisfies Readonly<Record<string, ParameterObject>>;

/** Everything that a request of a route says outside its body. */
export function describeParameters(
  presented: PresentedRoute,
  components: ComponentSchemas,
): readonly (ParameterObject | ReferenceObject)[] {
  const { route, method, query } = presented;
  const headers: readonly (keyof typeof REQUEST_HEADERS)[] = [
    ...(route.takesIdempotencyKey ? ["IdempotencyKey" as const] : []),
    ...(route.versioned && method !== "GET" ? ["IfMatch" as const] : []),
    "RequestId",
  ];
  return [
    ...fieldsOf(paramsSchema(presented), components).map(
      ([name, schema]): ParameterObject => ({ name, in: "path", required: true, schema }),
    ),
    ...fieldsOf(query.schema, components).map(
      ([name, schema, isRequired]): ParameterObject => ({
        name,
        in: "query",
        ...(isRequired ? { required: true } : {}),
        schema,
      }),
    ),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

function fieldsOf(
  schema: z.ZodObject,
  components: ComponentSchemas,
): readonly (readonly [name: string, schema: JsonSchema, isRequired: boolean])[] {
  const { properties = {}, required = [] } = components.describe(schema, "input") as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, field]) => [name, field, required.includes(name)]);
}

/** The path of a route as OpenAPI writes it: `{name}` for parameters. */
export function pathTemplate(template: string): string {
  return template
    .split("/")
    .map((segment) => (segment.startsWith(":") ? `{${segment.slice(1)}}` : segment))
    .join("/");
}
