import fc from "fast-check";
import { hostileText } from "./hostile-text.js";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Makes values out of the JSON Schemas of a document. */
export interface SchemaValues {
  /** What a schema takes, its limits among it. Placeholders such as `{endpointId:3}` stand for ids of records. */
  fitting(schema: JsonSchema, example?: unknown): fc.Arbitrary<unknown>;
  /** What most likely breaks a schema, in one place. */
  breaking(schema: JsonSchema): fc.Arbitrary<unknown>;
}

const INSTANTS = [
  "2026-01-31T12:00:00Z",
  "2026-01-31T12:00:00.123456789+05:30",
  "0000-01-01T00:00:00Z",
  "0000-01-01T00:00:00+23:59",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "9999-12-31T23:59:59-23:59",
  "1970-01-01T00:00:00Z",
];

/** No value of any field but a free one. */
const STRANGERS: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e308,
  "",
  "\u0000",
  "\ud800",
  [],
  [[]],
  {},
  { $ne: 1 },
  "2026-13-01T00:00:00Z",
  "9".repeat(400),
];

/** Fields that name records. */
const ID_FIELD = /^(?:key|endpoint|message|delivery)Id$/;

/** @param followed the schema that a reference leads to, or the schema itself. */
export function createSchemaValues(followed: (schema: JsonSchema) => JsonSchema): SchemaValues {
  function fitting(given: JsonSchema, example?: unknown): fc.Arbitrary<unknown> {
    const schema = followed(given);
    const options = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
    if (options !== undefined) return fc.oneof(...options.map((option) => fitting(option)));
    if ("const" in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    const made = ofType(schema, example);
    return example === undefined || schema.type === "object" ? made : fc.oneof(fc.constant(example), made);
  }

  function ofType(schema: JsonSchema, example: unknown): fc.Arbitrary<unknown> {
    if (schema.type === "string") return texts(schema);
    if (schema.type === "integer" || schema.type === "number") return numbers(schema);
    if (schema.type === "boolean") return fc.boolean();
    if (schema.type === "null") return fc.constant(null);
    if (schema.type === "array") return lists(schema);
    if (schema.type === "object") return objects(schema, example);
    return fc.jsonValue({ maxDepth: 2 });
  }

  function lists(schema: JsonSchema): fc.Arbitrary<unknown> {
    const {
      items = {},
      minItems = 0,
      maxItems = 100,
    } = schema as { items?: JsonSchema } & Record<string, number>;
    const item = fitting(items);
    const few = fc.array(item, { minLength: minItems, maxLength: Math.min(maxItems, 3) });
    const most = fc.array(item, { minLength: maxItems, maxLength: maxItems });
    return fc.oneof({ weight: 12, arbitrary: few }, { weight: 1, arbitrary: most });
  }

  function objects(schema: JsonSchema, example: unknown): fc.Arbitrary<unknown> {
    const {
      properties,
      required = [],
      additionalProperties,
    } = schema as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
      additionalProperties?: JsonSchema | false;
    };
    if (properties === undefined) {
      return fc.dictionary(fc.string({ maxLength: 8 }), fitting(additionalProperties || {}), { maxKeys: 3 });
    }
    const fields = Object.entries(properties).map(([name, field]) => {
      const known = (example as JsonSchema | undefined)?.[name];
      const made = fitting(field, known);
      return [name, ID_FIELD.test(name) ? fc.oneof(placeholder(name), made) : made] as const;
    });
    return fc.record(Object.fromEntries(fields), { requiredKeys: required });
  }

  function breaking(given: JsonSchema): fc.Arbitrary<unknown> {
    const schema = followed(given);
    const strangers = fc.constantFrom(...STRANGERS);
    if (schema.type === "string" && typeof schema.maxLength === "number") {
      return fc.oneof(strangers, fc.constant("a".repeat(schema.maxLength + 1)), hostileText);
    }
    if (schema.type === "integer" || schema.type === "number") {
      const { minimum = 0, maximum = 0 } = schema as Record<string, number>;
      return fc.oneof(strangers, fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5, "7"));
    }
    if (schema.type === "array") {
      const { items = {}, maxItems = 100 } = schema as { items?: JsonSchema; maxItems?: number };
      const tooMany = fc.array(fitting(items), { minLength: maxItems + 1, maxLength: maxItems + 1 });
      return fc.oneof(
        strangers,
        tooMany,
        breaking(items).map((item) => [item]),
      );
    }
    return schema.type === "object" && schema.properties !== undefined
      ? fc.oneof({ weight: 1, arbitrary: strangers }, { weight: 9, arbitrary: brokenObjects(schema) })
      : strangers;
  }

  function brokenObjects(schema: JsonSchema): fc.Arbitrary<unknown> {
    const properties = Object.entries(schema.properties as Record<string, JsonSchema>);
    const whole = fitting(schema) as fc.Arbitrary<object>;
    const unknownField = fc.constantFrom("tenantId", "__proto__", "constructor", "id", "");
    const withUnknown = fc
      .tuple(whole, unknownField)
      .map(([object, name]) => Object.defineProperty({ ...object }, name, { value: "x", enumerable: true }));
    const withBroken = properties.map(([name, field]) =>
      fc.tuple(whole, breaking(field)).map(([object, value]) => ({ ...object, [name]: value })),
    );
    const without = ((schema.required as string[] | undefined) ?? []).map((name) =>
      whole.map((object) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))),
    );
    return fc.oneof(withUnknown, ...withBroken, ...without);
  }

  return { fitting, breaking };
}

function texts({ format, pattern, minLength = 0, maxLength = 300 }: JsonSchema): fc.Arbitrary<string> {
  const least = minLength as number;
  const most = maxLength as number;
  if (format === "date-time") return fc.constantFrom(...INSTANTS);
  if (typeof pattern === "string") {
    return fc
      .stringMatching(new RegExp(pattern, "u"))
      .filter(({ length }) => length >= least && length <= most);
  }
  return fc.oneof(
    fc.string({ minLength: least, maxLength: Math.min(most, least + 20) }),
    fc.constantFrom("a".repeat(least), "a".repeat(most), "é".repeat(most)),
    hostileText.map((text) => text.slice(0, most).padEnd(least, "x")),
  );
}

function numbers(schema: JsonSchema): fc.Arbitrary<number> {
  const { minimum = -1000, maximum = 1_000_000 } = schema as Record<string, number>;
  const limits = fc.constantFrom(minimum, maximum);
  return schema.type === "integer"
    ? fc.oneof(limits, fc.integer({ min: minimum, max: maximum }))
    : fc.oneof(limits, fc.double({ min: minimum, max: maximum, noNaN: true }));
}

/** The id of one of the records there are when the request is sent. */
export function placeholder(field: string): fc.Arbitrary<string> {
  return fc.nat(9).map((index) => `{${field}:${index}}`);
}

/** The text without half surrogate pairs, which no URL can hold. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}
