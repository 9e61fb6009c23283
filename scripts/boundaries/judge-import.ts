import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { judgeCorePath } from "./judge-core-import.js";
import type { FoundImport } from "./list-imports.js";
import { PACKAGES, type Places } from "./rules.js";

/** A source file, as the rules see it. */
export interface SourceFile {
  /** `packages` and `examples` are the two kinds of folder there are. */
  readonly kind: "packages" | "examples";
  /** The folder's name: `core`. */
  readonly packageName: string;
  /** Under `src`, with `/`: `webhooks/publish.ts`. */
  readonly path: string;
  /** What the package's `package.json` declares, peers included. */
  readonly dependencies: ReadonlySet<string>;
}

/** The rule an import breaks, as a sentence; undefined when it breaks none. */
export function judgeImport(file: SourceFile, found: FoundImport): string | undefined {
  const { specifier } = found;
  if (specifier === undefined) return "an import names its module in plain text, so that it can be checked.";
  if (specifier.startsWith(".")) return judgeRelative(file, specifier, found);
  // `#name`: another file of the same package, chosen by the runtime.
  if (specifier.startsWith("#")) return undefined;
  if (isBuiltin(specifier) && !specifier.startsWith("node:"))
    return `a module of Node's is written node:${specifier}.`;
  return judgeModule(file, specifier);
}

function judgeRelative(file: SourceFile, specifier: string, found: FoundImport): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier)).replace(/\.js$/, ".ts");
  if (target.startsWith("../")) return "what lies outside the package's src is imported by its package name.";
  if (file.kind === "examples") return undefined;
  if (/(^|\/)index\.ts$/.test(target) || !target.includes(".")) {
    return "an index.ts is for other packages: inside its own, the file itself is imported.";
  }
  return file.packageName === "core" ? judgeCorePath(file.path, target, found) : undefined;
}

function judgeModule(file: SourceFile, specifier: string): string | undefined {
  const { kind, packageName, path, dependencies } = file;
  const name = moduleName(specifier);
  if (kind === "packages") {
    const rule = PACKAGES[packageName];
    if (rule === undefined) return `${packageName} has no line in scripts/boundaries/rules.ts.`;
    if (name === `@tenon/${packageName}`) return "a package doesn't import itself by name.";
    const places = rule[name];
    if (places === undefined)
      return `${packageName} may import ${Object.keys(rule).join(", ")} and nothing else.`;
    if (!isOneOf(places, path))
      return `${packageName} imports ${name} only in ${[places].flat().join(", ")}.`;
  }
  if (name === "node:" || dependencies.has(name)) return undefined;
  return `${name} is not among the dependencies in ${packageName}'s package.json.`;
}

/** `zod/v4` is zod, `@tenon/core/scopes` is @tenon/core, and `node:fs` is `node:`. */
function moduleName(specifier: string): string {
  if (specifier.startsWith("node:")) return "node:";
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function isOneOf(places: Places, path: string): boolean {
  if (places === "everywhere") return true;
  return places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
}
