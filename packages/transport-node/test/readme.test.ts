import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import table from "./fixtures/addresses.json" with { type: "json" };

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = read("../README.md");

it("the README's example of options is a file that runs, and its comments are true", async () => {
  const code = read("./snippets/options.ts");
  expect(readme).toContain(`\`\`\`ts\n${code}\`\`\``);
  const { transport } = await import("./snippets/options.js");
  expect(transport.check("https://10.20.0.7:8443/hook")).toEqual({ ok: true });
  expect(transport.check("https://10.30.0.7:8443/hook").ok).toBe(false);
});

it("the README counts the table's rows", () => {
  expect(readme).toContain(`${table.refused.length} hostile URLs and ${table.allowed.length} good ones`);
});

it("the README's table names every option", () => {
  const types = read("../src/config/transport-config.ts");
  const options = [...types.matchAll(/^ +readonly (\w+)\?/gm)].map(([, name]) => name);
  for (const name of options) expect(readme).toMatch(new RegExp(`^\\| \`[\\w.]*\\b${name}\\b`, "m"));
});
