/** The part of a `package.json` that is checked. Conditions keep their order: the first that fits wins. */
export interface Manifest {
  readonly name?: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, Target>>;
  readonly imports?: Readonly<Record<string, Target>>;
  readonly bin?: Readonly<Record<string, string>>;
}

type Target = string | { readonly [condition: string]: Target };

const SOURCE = "@tenon/source";

/**
 * Checks a package's manifest against what the house promises, and its paths against the files that are packed.
 * Returns what is wrong, one sentence each.
 * @param packedFiles paths inside the package, such as `dist/index.js`.
 */
export function checkManifest(
  manifest: Manifest,
  {
    directoryName,
    packedFiles,
  }: { readonly directoryName: string; readonly packedFiles: ReadonlySet<string> },
): readonly string[] {
  const { "./package.json": ownManifest, ...subpaths } = manifest.exports ?? {};
  const wrong = (isRight: boolean, problem: string) => (isRight ? [] : [problem]);
  return [
    ...wrong(manifest.name === `@tenon/${directoryName}`, `"name" is not @tenon/${directoryName}`),
    ...wrong(Boolean(manifest.description), `"description" is missing`),
    ...wrong(manifest.license === "MIT", `"license" is not MIT`),
    ...wrong(manifest.type === "module", `"type" is not module`),
    ...wrong(manifest.sideEffects === false, `"sideEffects" is not false: importing has no effect`),
    ...wrong(manifest.engines?.node === ">=20.19", `"engines.node" is not >=20.19`),
    ...wrong(manifest.files?.join() === "dist", `"files" is not ["dist"]`),
    ...wrong(ownManifest === "./package.json", `"exports" lacks "./package.json"`),
    ...wrong("." in subpaths, `"exports" lacks "."`),
    ...Object.entries(subpaths).flatMap(([subpath, target]) => checkSubpath(subpath, target)),
    ...["README.md", "LICENSE"].flatMap((file) => wrong(packedFiles.has(file), `${file} is not packed`)),
    ...[...packedFiles].filter((file) => /^(src|test)\//.test(file)).map((file) => `${file} is packed`),
    ...builtPaths({ ...manifest.exports, ...manifest.imports, ...manifest.bin })
      .filter((path) => !packedFiles.has(path))
      .map((path) => `${path} is named in package.json and not packed`),
  ];
}

function checkSubpath(subpath: string, target: Target): readonly string[] {
  if (typeof target === "string") return [`"exports" of "${subpath}" has no conditions`];
  const [first, ...others] = Object.entries(target);
  if (first?.[0] !== SOURCE) return [`"exports" of "${subpath}" doesn't begin with ${SOURCE}`];
  const problems = ["import", "require"]
    .filter((condition) => !others.some(([name]) => name === condition))
    .map((condition) => `"exports" of "${subpath}" lacks "${condition}"`);
  const untyped = others
    .filter(([, conditions]) => typeof conditions === "string" || Object.keys(conditions)[0] !== "types")
    .map(([condition]) => `"exports" of "${subpath}" doesn't begin "${condition}" with "types"`);
  return [...problems, ...untyped];
}

/** Every path below a map of targets, the source condition's apart. */
function builtPaths(target: Target): readonly string[] {
  if (typeof target === "string") return [target.replace(/^\.\//, "")];
  return Object.entries(target).flatMap(([condition, below]) =>
    condition === SOURCE ? [] : builtPaths(below),
  );
}
