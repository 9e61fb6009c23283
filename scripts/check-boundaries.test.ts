import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { findViolations } from "./boundaries/find-violations.js";
import { listImports } from "./boundaries/list-imports.js";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

test("the sources of this repository follow the arrows", () => {
  expect(findViolations(fileURLToPath(new URL("..", import.meta.url)))).toEqual([]);
});

describe("a planted import is reported", () => {
  test.each([
    ["a driver in core", "packages/core/src/webhooks/publish.ts", `import pg from "pg";`, "core may import"],
    [
      "a framework's types in core",
      "packages/core/src/http/x.ts",
      `import type { Request } from "express";`,
      "core may import",
    ],
    [
      "core importing a storage",
      "packages/core/src/create-tenon.ts",
      `import "@tenon/storage-memory";`,
      "core may import",
    ],
    [
      "node: in core",
      "packages/core/src/webhooks/x.ts",
      `import { hash } from "node:crypto";`,
      "node: only in runtime/",
    ],
    [
      "a type from node: in core",
      "packages/core/src/http/x.ts",
      `import type { Server } from "node:http";`,
      "node: only in runtime/",
    ],
    [
      "a bare builtin",
      "packages/transport-node/src/x.ts",
      `import { connect } from "net";`,
      "written node:net",
    ],
    [
      "a package's own index",
      "packages/core/src/http/x.ts",
      `export { a } from "../scopes/index.js";`,
      "for other packages",
    ],
    [
      "its root index, as a type",
      "packages/core/src/http/x.ts",
      `import type { A } from "../index.js";`,
      "for other packages",
    ],
    [
      "itself by name",
      "packages/core/src/http/x.ts",
      `import { a } from "@tenon/core/scopes";`,
      "itself by name",
    ],
    [
      "another package by path",
      "packages/core/src/x.ts",
      `import "../../verify-webhook/src/sign-with.js";`,
      "by its package name",
    ],
    [
      "a service of another capability",
      "packages/core/src/webhooks/x.ts",
      `import { a } from "../api-keys/api-key-service.js";`,
      "only types from another",
    ],
    [
      "the composition root from below",
      "packages/core/src/http/x.ts",
      `import { a } from "../create-tenon.js";`,
      "nothing below it",
    ],
    [
      "a runtime default in a capability",
      "packages/core/src/vault/x.ts",
      `import { a } from "../runtime/crypto-node.js";`,
      "runtime",
    ],
    [
      "a capability in a pure folder",
      "packages/core/src/scopes/x.ts",
      `import { a } from "../rate-limit/decide.js";`,
      "capability",
    ],
    [
      "a value in a port",
      "packages/core/src/ports/x.ts",
      `import { a } from "../webhooks/retry-schedule.js";`,
      "types only",
    ],
    ["zod in a pure folder", "packages/core/src/scopes/x.ts", `import { z } from "zod";`, "zod only in"],
    [
      "zod in a pure file",
      "packages/core/src/api-keys/key-format.ts",
      `import { z } from "zod";`,
      "zod only in",
    ],
    [
      "jose outside the vault",
      "packages/core/src/webhooks/x.ts",
      `import { jwk } from "jose";`,
      "jose only in",
    ],
    [
      "a folder without a rule",
      "packages/core/src/utils/x.ts",
      `import { a } from "../errors/codes.js";`,
      "no line in",
    ],
    ["a package without a rule", "packages/extras/src/x.ts", `import "zod";`, "no line in"],
    [
      "a storage in an adapter",
      "packages/adapters-express/src/x.ts",
      `import "@tenon/storage-postgres";`,
      "may import",
    ],
    [
      "an adapter in an adapter",
      "packages/adapters-hono/src/x.ts",
      `import "@tenon/adapters-express";`,
      "may import",
    ],
    [
      "anything in verify-webhook",
      "packages/verify-webhook/src/x.ts",
      `import { z } from "zod";`,
      "may import node: and nothing else",
    ],
    [
      "core in verify-webhook",
      "packages/verify-webhook/src/x.ts",
      `import type { A } from "@tenon/core/ports";`,
      "may import node: and nothing else",
    ],
    [
      "a driver in storage-postgres",
      "packages/storage-postgres/src/x.ts",
      `import type { Pool } from "pg";`,
      "pg only in bin/",
    ],
    [
      "an undeclared dependency",
      "packages/transport-node/src/x.ts",
      `import { Agent } from "undici";`,
      "not among the dependencies",
    ],
    [
      "an example reaching into a package",
      "examples/shop/src/x.ts",
      `import "../../../packages/core/src/tenon.js";`,
      "by its package name",
    ],
  ])("%s", (_, file, code, rule) => {
    expect(violationsOf({ [file]: `export {};\n${code}\n` })).toEqual([
      { file, line: 2, specifier: expect.any(String), rule: expect.stringContaining(rule) },
    ]);
  });

  test.each([
    `await import("pg");`,
    `const pg = require("pg");`,
    `import pg = require("pg");`,
    `export * from "pg";`,
    `export type { Pool } from "pg";`,
    `type Pool = import("pg").Pool;`,
    "await import(`pg`);",
    `import {\n  Pool,\n} from "pg";`,
  ])("however it is written: %s", (code) => {
    expect(violationsOf({ "packages/core/src/a.ts": code })).toMatchObject([{ specifier: "pg", line: 1 }]);
  });

  test("a computed import cannot be checked, so it is refused", () => {
    expect(violationsOf({ "packages/core/src/a.ts": `await import(process.argv[2] ?? "");` })).toMatchObject([
      { specifier: undefined, rule: expect.stringContaining("plain text") },
    ]);
  });

  test("`import { type A }` still loads the module: it counts as a value", () => {
    const code = `import { type A } from "../api-keys/api-key-service.js";`;
    expect(violationsOf({ "packages/core/src/webhooks/x.ts": code })).toHaveLength(1);
  });
});

describe("left alone", () => {
  test.each([
    [
      "types across capabilities",
      "packages/core/src/webhooks/x.ts",
      `import type { Vault } from "../vault/vault.js";`,
    ],
    [
      "what a capability shares",
      "packages/core/src/api-keys/schemas.ts",
      `import { rateLimits } from "../rate-limit/schemas.js";`,
    ],
    [
      "composition in http",
      "packages/core/src/http/x.ts",
      `import { a } from "../api-keys/authenticate-key.js";`,
    ],
    ["node: in runtime", "packages/core/src/runtime/x.ts", `import { hash } from "node:crypto";`],
    ["tests", "packages/core/src/http/x.test.ts", `import pg from "pg";`],
    [
      "words in comments and texts",
      "packages/core/src/x.ts",
      `// import pg from "pg";\nexport const a = 'import("pg")';`,
    ],
    [
      "an example's choice",
      "examples/shop/src/x.ts",
      `import "zod";\nimport "node:fs";\nimport "./index.js";`,
    ],
  ])("%s", (_, file, code) => {
    expect(violationsOf({ [file]: code })).toEqual([]);
  });
});

test("imports are listed with their lines, types apart from values", () => {
  const source = `import a from "a";\nimport type b from "b";\nexport { c } from "c";\n`;
  expect(listImports(source, "x.ts")).toEqual([
    { specifier: "a", line: 1, isTypeOnly: false },
    { specifier: "b", line: 2, isTypeOnly: true },
    { specifier: "c", line: 3, isTypeOnly: false },
  ]);
});

test("a folder without packages is a mistake, not a success", () => {
  expect(() => findViolations(plant({}))).toThrow("no packages");
});

function violationsOf(files: Readonly<Record<string, string>>) {
  return findViolations(plant(files));
}

/** Writes a tree in which every package depends on zod, jose and verify-webhook alone. */
function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "tenon-boundaries-"));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    const [kind = "", name = ""] = path.split("/");
    const dependencies = { zod: "4", jose: "6", "@tenon/verify-webhook": "0" };
    write(join(root, kind, name, "package.json"), JSON.stringify({ dependencies }));
    write(join(root, path), text);
  }
  return root;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
