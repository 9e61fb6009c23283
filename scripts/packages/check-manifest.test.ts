import { expect, test } from "vitest";
import { checkManifest, type Manifest } from "./check-manifest.js";

const typed = (name: string) => ({
  "@tenon/source": `./src/${name}.ts`,
  import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
  require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
});

const good: Manifest = {
  name: "@tenon/shop",
  description: "A shop.",
  license: "MIT",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20.19" },
  files: ["dist"],
  exports: { ".": typed("index"), "./package.json": "./package.json" },
};
const indexFiles = ["dist/index.js", "dist/index.cjs", "dist/index.d.ts", "dist/index.d.cts"];
const packed = ["package.json", "README.md", "LICENSE", ...indexFiles];

test("a package in order has no problems", () => {
  expect(check(good)).toEqual([]);
});

test("every field hosts rely on is asked for", () => {
  const problems = check({}).map((problem) => /"(\S+)"/.exec(problem)?.[1]);
  const fields = [
    "name",
    "description",
    "license",
    "type",
    "sideEffects",
    "engines.node",
    "files",
    "exports",
    "exports",
  ];
  expect(problems).toEqual(fields);
});

test.each<[string, Manifest["exports"], string]>([
  [
    "the source condition last",
    { ".": { ...without("@tenon/source"), "@tenon/source": "./src/index.ts" } },
    "begin with @tenon/source",
  ],
  [
    "a default before its types",
    { ".": { ...typed("index"), import: { default: "./dist/index.js", types: "./dist/index.d.ts" } } },
    `begin "import" with "types"`,
  ],
  ["no CommonJS", { ".": without("require") }, `lacks "require"`],
  ["a plain path", { ".": "./dist/index.js" }, "no conditions"],
  [
    "a subpath that isn't built",
    { ".": typed("index"), "./scopes": typed("scopes") },
    "dist/scopes.js is named",
  ],
])("%s is reported", (_, exports, problem) => {
  const problems = check({ ...good, exports: { ...exports, "./package.json": "./package.json" } });
  expect(problems).toContainEqual(expect.stringContaining(problem));
});

test("sources, and missing papers, are reported", () => {
  const problems = check(good, [...indexFiles, "package.json", "src/index.ts"]);
  expect(problems).toEqual(["README.md is not packed", "LICENSE is not packed", "src/index.ts is packed"]);
});

test("a bin and the targets of imports must be packed too", () => {
  const imports = { "#crypto": { "@tenon/source": "./src/crypto.ts", default: "./dist/crypto.js" } };
  expect(check({ ...good, imports, bin: { shop: "./dist/bin.js" } })).toEqual([
    "dist/crypto.js is named in package.json and not packed",
    "dist/bin.js is named in package.json and not packed",
  ]);
});

function check(manifest: Manifest, files: readonly string[] = packed): readonly string[] {
  return checkManifest(manifest, { directoryName: "shop", packedFiles: new Set(files) });
}

function without(condition: string) {
  return Object.fromEntries(Object.entries(typed("index")).filter(([name]) => name !== condition));
}
