import type { OpenApiDocument } from "@tenon/core/http";
import fc from "fast-check";
import { hostileText } from "./hostile-text.js";
import { createSchemaValues, type JsonSchema, placeholder, wellFormed } from "./schema-values.js";

type Operation = NonNullable<OpenApiDocument["paths"][string][string]>;
type Query = Readonly<Record<string, string>>;

export interface DerivedRequest {
  readonly operation: Operation;
  readonly method: string;
  /** Placeholders such as `{endpointId:3}` stand for ids of records, here and in the rest. */
  readonly path: string;
  readonly query: Query;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: { readonly json: unknown } | { readonly text: string } | undefined;
  /** Whether it breaks what the document says, so that it must be refused. */
  readonly isBroken: boolean;
}

/** Stands for the tag that the record at the path has when the request is sent. */
export const CURRENT_TAG = '"current"';

/** No JSON object. */
const NO_OBJECTS = ["", "{", "[]", "null", '"text"', "{}{}", '{"a":1,}', "[".repeat(5000)];

/**
 * Requests of every operation of a document: ones that it describes, and ones that break what it says in one place.
 * @param breaks whether a value breaks a schema.
 */
export function requestsOf(
  document: OpenApiDocument,
  breaks: (schema: JsonSchema, value: unknown) => boolean,
): fc.Arbitrary<DerivedRequest> {
  const follow = (schema: JsonSchema) =>
    typeof schema.$ref === "string"
      ? (document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {})
      : schema;
  const { fitting, breaking } = createSchemaValues(follow);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

  /** The document's own example, some of it left out and one field replaced; or whatever fits. */
  function described(given: JsonSchema, example: unknown): fc.Arbitrary<unknown> {
    const { properties = {}, required = [] } = follow(given) as {
      readonly properties?: Readonly<Record<string, JsonSchema>>;
      readonly required?: readonly string[];
    };
    const [known, changed] = [Object.entries(example ?? {}), Object.entries(properties)];
    if (changed.length === 0) return fitting(given);
    const kept = fc
      .subarray(known.filter(([name]) => !required.includes(name)))
      .map((optional) =>
        Object.fromEntries([...known.filter(([name]) => required.includes(name)), ...optional]),
      );
    const change = fc
      .constantFrom(...changed)
      .chain(([name, schema]) =>
        fitting({ type: "object", properties: { [name]: schema }, required: [name] }),
      );
    const edited = fc.tuple(kept, change).map(([rest, field]) => ({ ...rest, ...(field as object) }));
    return fc.oneof(kept, kept, edited, edited, fitting(given, example));
  }

  const requests = operations.flatMap(({ path, method, operation }) => {
    const parameters = (operation.parameters ?? []).flatMap((parameter) =>
      "name" in parameter ? [parameter] : [],
    );
    const media = operation.requestBody?.content["application/json"];
    const sent = fc.record({
      path: pathOf(
        path,
        parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name),
      ),
      query: queryOf(
        parameters.filter((parameter) => parameter.in === "query"),
        fitting,
      ),
      headers: headersOf(operation),
      body: bodyOf(operation, media && described(media.schema, media.example)),
    });
    const whole = sent.map((request) => ({ ...request, operation, method, isBroken: false }));
    const broken = { operation, method, isBroken: true };
    const brokenQueries = parameters
      .filter((parameter) => parameter.in === "query" && isStrict(parameter.schema))
      .map(({ name }) =>
        fc.constantFrom("", "lost", "-1", "1.5", "9".repeat(99)).map((value) => ({ [name]: value })),
      );
    const query = fc.oneof(
      fc.constantFrom("tenantId", "__proto__", "constructor").map((name) => ({ [name]: "x" }) as Query),
      ...brokenQueries,
    );
    const withBrokenQuery = fc
      .tuple(sent, query)
      .map(([request, change]) => ({ ...request, query: { ...request.query, ...change }, ...broken }));
    if (media === undefined) return [whole, whole, withBrokenQuery];
    const value = breaking(media.schema).filter((value) => breaks(media.schema, value));
    const withBrokenBody = fc
      .tuple(sent, value)
      .map(([request, json]) => ({ ...request, body: { json }, ...broken }));
    const withNoObject = fc
      .tuple(
        sent,
        fc.constantFrom(...NO_OBJECTS.filter((text) => text !== "" || operation.requestBody?.required)),
      )
      .map(([request, text]) => ({ ...request, body: { text }, ...broken }));
    return [whole, whole, whole, whole, withBrokenQuery, withBrokenBody, withBrokenBody, withNoObject];
  });
  return fc.oneof(...requests) as fc.Arbitrary<DerivedRequest>;
}

/** Whether hardly any text fits. */
function isStrict({ type, enum: words, format }: JsonSchema): boolean {
  return type === "integer" || words !== undefined || format === "date-time";
}

function pathOf(template: string, names: readonly string[]): fc.Arbitrary<string> {
  const text = fc
    .oneof(
      hostileText.map((hostile) => hostile.slice(0, 200)),
      fc.constantFrom("key_0", "%00", "a/b", "*"),
    )
    // Servers resolve dots before they look for a route.
    .filter((value) => !/^\.{0,2}$/.test(value));
  return fc
    .tuple(
      ...names.map((name) =>
        fc.oneof({ weight: 7, arbitrary: placeholder(name) }, { weight: 1, arbitrary: text }),
      ),
    )
    .map((values) =>
      names.reduce((path, name, index) => {
        const value = values[index] ?? "";
        const isPlaceholder = /^\{\w+:\d\}$/.test(value);
        return path.replace(`{${name}}`, () =>
          isPlaceholder ? value : encodeURIComponent(wellFormed(value)),
        );
      }, template),
    );
}

function queryOf(
  parameters: readonly { readonly name: string; readonly schema: JsonSchema }[],
  fitting: (schema: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Query> {
  const values = parameters.map(({ name, schema }) => {
    const made = fitting(schema).map((value) => wellFormed(String(value)));
    const value = /Id$/.test(name) ? fc.oneof(placeholder(name), made) : made;
    // Hardly any text is a cursor.
    const freq = name === "cursor" ? 1 : 3;
    return fc.oneof(
      { weight: freq, arbitrary: value.map((text): Query => ({ [name]: text })) },
      { weight: 8 - freq, arbitrary: fc.constant<Query>({}) },
    );
  });
  return fc.tuple(...values).map((given) => Object.assign({}, ...given));
}

function headersOf({ parameters = [] }: Operation): fc.Arbitrary<Readonly<Record<string, string>>> {
  const takes = (name: string) =>
    parameters.some((parameter) => "$ref" in parameter && parameter.$ref.endsWith(`/${name}`));
  const optional = (value: fc.Arbitrary<string>) => fc.option(value, { nil: undefined, freq: 1 });
  const keys = fc.oneof(fc.constantFrom("a", "b", "", "é"), fc.uuid());
  return fc
    .record({
      ...(takes("IdempotencyKey") ? { "Idempotency-Key": optional(keys) } : {}),
      ...(takes("IfMatch")
        ? { "If-Match": optional(fc.constantFrom(CURRENT_TAG, "*", '"0"', `W/"0", x`)) }
        : {}),
      "X-Request-Id": optional(fc.constantFrom("req-1", "a b", "x".repeat(200))),
    })
    .map((headers) =>
      Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    ) as fc.Arbitrary<Readonly<Record<string, string>>>;
}

function bodyOf({ requestBody }: Operation, value: fc.Arbitrary<unknown> | undefined) {
  if (value === undefined) return fc.constant(undefined);
  const json = value.map((made) => ({ json: made }));
  return requestBody?.required ? json : fc.option(json, { nil: undefined, freq: 4 });
}
