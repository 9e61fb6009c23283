import { z } from "zod";
import { schemaNames } from "../../management/schema-names.js";
import type { JsonSchema } from "../document.js";
import { hoistDefinitions } from "./hoist-definitions.js";

/** The schemas of a document, written once each. */
export interface ComponentSchemas {
  /** What a request may hold (`input`) or a reply holds (`output`); schemas with a name are referred to. */
  describe(schema: z.ZodType, io: "input" | "output"): JsonSchema;
  /** Puts a schema that stood alone into the document, and refers to it. */
  add(name: string, schema: JsonSchema): JsonSchema;
  all(): Readonly<Record<string, JsonSchema>>;
}

/**
 * Collects schemas by name.
 * @param presentedNames names of schemas that a presentation made from named ones.
 */
export function createComponentSchemas(presentedNames: ReadonlyMap<z.ZodType, string>): ComponentSchemas {
  const schemas = new Map<string, JsonSchema>();
  const nameOf = (schema: z.ZodType) => presentedNames.get(schema) ?? schemaNames.get(schema)?.name;

  function describe(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const name = nameOf(schema);
    const known = name === undefined ? undefined : schemas.get(name);
    const described = convert(schema, io, name ?? "Anonymous");
    if (name === undefined) return described;
    // Two presentations of one schema are two schemas: the second stands where it is used.
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(described)) return described;
    schemas.set(name, described);
    return refer(name);
  }

  function convert(root: z.ZodType, io: "input" | "output", name: string): JsonSchema {
    const json = z.toJSONSchema(root, {
      io,
      unrepresentable: "any",
      override({ zodSchema, jsonSchema }) {
        const inner = zodSchema as unknown as z.ZodType;
        const found = inner === root || nameOf(inner) === undefined ? {} : describe(inner, io);
        if ("$ref" in found) replace(jsonSchema, found);
        else tidy(jsonSchema, io);
      },
    });
    return hoist(name, { ...json });
  }

  function hoist(name: string, json: JsonSchema): JsonSchema {
    const { schema, definitions } = hoistDefinitions(name, json);
    for (const [key, definition] of Object.entries(definitions)) schemas.set(key, definition);
    return schema;
  }

  return {
    describe,
    add(name, schema) {
      schemas.set(name, hoist(name, schema));
      return refer(name);
    },
    all: () => Object.fromEntries(schemas),
  };
}

function refer(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function replace(json: Record<string, unknown>, by: JsonSchema): void {
  for (const key of Object.keys(json)) delete json[key];
  Object.assign(json, by);
}

/** In words: generators of clients take a field with a default for one that has to be given. */
function describeDefault(json: Record<string, unknown>): void {
  const { default: value, description } = json;
  const sentence = `Default \`${JSON.stringify(value)}\`.`;
  delete json.default;
  json.description = description === undefined ? sentence : `${description} ${sentence}`;
}

/** Leaves out what tells readers nothing. */
function tidy(json: Record<string, unknown>, io: "input" | "output"): void {
  // The format says it; the pattern beside it takes four lines.
  if (json.format === "date-time") delete json.pattern;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (io === "input" && "default" in json) describeDefault(json);
  // Replies may get further fields, and clients made before must not mind.
  if (io === "output" && json.additionalProperties === false) delete json.additionalProperties;
}
