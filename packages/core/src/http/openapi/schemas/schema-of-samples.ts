import type { JsonSchema } from "../document.js";

/** Describes values by samples of them: members that all samples have are required, the rest may be absent. */
export function schemaOfSamples(samples: readonly unknown[]): JsonSchema {
  const byKind = new Map<string, unknown[]>();
  for (const sample of samples) {
    const kind = kindOf(sample);
    byKind.set(kind, [...(byKind.get(kind) ?? []), sample]);
  }
  const schemas = [...byKind].map(([kind, values]) => schemaOfKind(kind, values));
  return schemas.length === 1 ? (schemas[0] ?? {}) : { anyOf: schemas };
}

function schemaOfKind(kind: string, values: readonly unknown[]): JsonSchema {
  if (kind === "array") {
    const items = values.flat();
    return items.length === 0 ? { type: "array" } : { type: "array", items: schemaOfSamples(items) };
  }
  if (kind === "object") return schemaOfObjects(values as Readonly<Record<string, unknown>>[]);
  // `success: false` is how clients tell errors apart.
  if (kind === "boolean" && values.length > 1 && new Set(values).size === 1) {
    return { type: kind, const: values[0] };
  }
  return { type: kind };
}

function schemaOfObjects(objects: readonly Readonly<Record<string, unknown>>[]): JsonSchema {
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const having = (name: string) => objects.filter((object) => Object.hasOwn(object, name));
  const required = names.filter((name) => having(name).length === objects.length);
  return {
    type: "object",
    properties: Object.fromEntries(
      names.map((name) => [name, schemaOfSamples(having(name).map((object) => object[name]))]),
    ),
    ...(required.length === 0 ? {} : { required }),
  };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
