import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { findBrokenReferences } from "./find-broken-references.js";

const root = mkdtempSync(join(tmpdir(), "tenon-docs-"));
afterAll(() => rmSync(root, { recursive: true }));

test("the documents of this repository lead somewhere", () => {
  expect(findBrokenReferences(fileURLToPath(new URL("../..", import.meta.url)))).toEqual([]);
});

test("a link to nothing and a path that isn't exported are reported; the rest is left alone", () => {
  write(
    "packages/core/package.json",
    JSON.stringify({ name: "@tenon/core", exports: { ".": {}, "./scopes": {} } }),
  );
  write("docs/page.md", "# Page\n");
  write(
    "README.md",
    [
      "[page](docs/page.md#part) [folder](./docs) [web](https://example.com/x.md) [here](#here)",
      "[gone](docs/gone.md)",
      'import { a } from "@tenon/core"; import { b } from "@tenon/core/scopes";',
      'import { c } from "@tenon/core/nowhere";',
      "`@tenon/absent` is a package that isn't there",
    ].join("\n"),
  );
  write("node_modules/other/README.md", "[gone](gone.md)");
  expect(findBrokenReferences(root)).toEqual([
    { file: "README.md", line: 2, problem: "docs/gone.md leads nowhere" },
    { file: "README.md", line: 4, problem: "@tenon/core/nowhere is not exported by any package" },
    { file: "README.md", line: 5, problem: "@tenon/absent is not exported by any package" },
  ]);
});

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
