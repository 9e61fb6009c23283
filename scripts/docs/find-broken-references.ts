import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A reference in a document that leads nowhere. */
export interface BrokenReference {
  readonly file: string;
  readonly line: number;
  /** The link or the subpath, and what is wrong with it. */
  readonly problem: string;
}

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", ".git"]);
const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const IMPORTED_SUBPATH = /["'`](@tenon\/[a-z-]+)((?:\/[a-z-]+)*)["'`]/g;

/**
 * Checks every Markdown file below `root`: relative links lead to a file or folder, and each `@tenon/…` path it
 * names in quotes is exported by that package. Addresses on the web are not visited.
 */
export function findBrokenReferences(root: string): readonly BrokenReference[] {
  const exported = exportedPaths(root);
  return markdownFiles(root).flatMap((path) => {
    const file = relative(root, path).replaceAll("\\", "/");
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.flatMap((text, index) =>
      [
        ...[...text.matchAll(LINK)].flatMap(([, link = ""]) => judgeLink(path, link)),
        ...[...text.matchAll(IMPORTED_SUBPATH)].flatMap(([, name = "", subpath = ""]) =>
          exported.has(name + subpath) ? [] : [`${name}${subpath} is not exported by any package`],
        ),
      ].map((problem) => ({ file, line: index + 1, problem })),
    );
  });
}

function judgeLink(from: string, link: string): readonly string[] {
  const target = link.split("#")[0] ?? "";
  if (target === "" || /^[a-z][a-z+.-]*:/i.test(target)) return [];
  return existsSync(join(dirname(from), decodeURIComponent(target))) ? [] : [`${link} leads nowhere`];
}

function exportedPaths(root: string): ReadonlySet<string> {
  const packages = join(root, "packages");
  const names = existsSync(packages) ? readdirSync(packages) : [];
  const manifests = names
    .map((name) => join(packages, name, "package.json"))
    .filter((path) => existsSync(path));
  return new Set(
    manifests.flatMap((path) => {
      const { name, exports } = JSON.parse(readFileSync(path, "utf8")) as {
        readonly name: string;
        readonly exports: Readonly<Record<string, unknown>>;
      };
      return Object.keys(exports).map((subpath) => name + subpath.slice(1));
    }),
  );
}

function markdownFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}
