import { Validator } from "@seriousme/openapi-schema-validator";
import type { OpenApiDocument } from "@tenon/core/http";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const DOCUMENT = "https://doc.example/openapi.json";

type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with a document by OpenAPI's own schema; empty where nothing is. */
export async function findDocumentProblems(document: OpenApiDocument): Promise<unknown> {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  return valid ? [] : (errors ?? ["invalid"]);
}

/** Judges values by the schemas of a document. */
export function createValueCheck(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // The published type is of a CommonJS default.
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addFormat("uri-reference", true);
  ajv.addSchema({ $id: DOCUMENT, components: closed(document.components) });
  const checks = new WeakMap<JsonSchema, (value: unknown) => readonly string[]>();

  return (schema: JsonSchema, value: unknown): readonly string[] => {
    let check = checks.get(schema);
    if (check === undefined) {
      const validate = ajv.compile(absolute(closed(schema)) as object);
      check = (given) =>
        validate(given)
          ? []
          : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
      checks.set(schema, check);
    }
    return check(value);
  };
}

/** Nothing may stand in a value that its schema doesn't tell of, though clients are told to expect more. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return inner.type === "object" && "properties" in inner && !("additionalProperties" in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) =>
      name === "$ref" && typeof value === "string" ? [name, `${DOCUMENT}${value}`] : [name, absolute(value)],
    ),
  );
}
