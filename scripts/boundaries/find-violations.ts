import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeImport, type SourceFile } from "./judge-import.js";
import { listImports } from "./list-imports.js";

/** An import that an arrow forbids. */
export interface Violation {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly line: number;
  /** Undefined for an import that is computed at run time. */
  readonly specifier: string | undefined;
  /** The rule it breaks, as a sentence. */
  readonly rule: string;
}

const KINDS = ["packages", "examples"] as const;
const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
// Arrows bind sources: tests may import any package.
const TEST_FILE = /\.test\.[cm]?[jt]sx?$/;

/**
 * Checks every source file of the packages and examples below `root` against the rules.
 * @throws {Error} when there is nothing to check there.
 */
export function findViolations(root: string): readonly Violation[] {
  const folders = KINDS.flatMap((kind) =>
    namesIn(join(root, kind)).map((packageName) => ({
      kind,
      packageName,
      folder: join(root, kind, packageName),
    })),
  ).filter(({ folder }) => existsSync(join(folder, "package.json")));
  if (folders.length === 0) throw new Error(`no packages below ${root}`);

  return folders.flatMap(({ kind, packageName, folder }) => {
    const dependencies = declaredDependencies(join(folder, "package.json"));
    return sourcePaths(join(folder, "src")).flatMap((path) => {
      const source: SourceFile = { kind, packageName, path, dependencies };
      const text = readFileSync(join(folder, "src", path), "utf8");
      return listImports(text, path).flatMap((found) => {
        const rule = judgeImport(source, found);
        if (rule === undefined) return [];
        return [
          { file: `${kind}/${packageName}/src/${path}`, line: found.line, specifier: found.specifier, rule },
        ];
      });
    });
  });
}

function sourcePaths(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE_FILE.test(entry.name) && !TEST_FILE.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

function declaredDependencies(manifest: string): ReadonlySet<string> {
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
  return new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
