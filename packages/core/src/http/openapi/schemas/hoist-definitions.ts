import type { JsonSchema } from "../document.js";

/**
 * Takes a schema apart that stood alone, to stand inside a document: its `$defs` become schemas beside it, and references
 * into it follow. References to other documents stay.
 * @param name what the schema is called in the document.
 */
export function hoistDefinitions(
  name: string,
  schema: JsonSchema,
): { readonly schema: JsonSchema; readonly definitions: Readonly<Record<string, JsonSchema>> } {
  const { $schema: _, $id: __, $defs = {}, ...root } = schema;
  const nameOf = (definition: string) => `${name}.${definition.replaceAll(/[^\w.-]/g, "_")}`;
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        key === "$ref" && typeof inner === "string" ? [key, follow(inner)] : [key, rewrite(inner)],
      ),
    );
  };
  const follow = (reference: string) => {
    const [, definition, rest = ""] = /^#\/\$defs\/([^/]+)(\/.*)?$/.exec(reference) ?? [];
    if (definition !== undefined) return `#/components/schemas/${nameOf(readSegment(definition))}${rest}`;
    return reference === "#" ? `#/components/schemas/${name}` : reference;
  };
  const definitions = Object.entries($defs as Readonly<Record<string, JsonSchema>>);
  return {
    schema: rewrite(root) as JsonSchema,
    definitions: Object.fromEntries(
      definitions.map(([key, definition]) => [nameOf(key), rewrite(definition) as JsonSchema]),
    ),
  };
}

/** A segment of a JSON pointer in a URI fragment, as it is (RFC 6901 section 6). */
function readSegment(segment: string): string {
  return decodeURIComponent(segment).replaceAll("~1", "/").replaceAll("~0", "~");
}
