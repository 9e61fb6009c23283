import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const node = ["--import", "tsx", "-C", "@tenon/source", main];

test("the quickstart runs every step and ends by itself", { timeout: 120_000 }, () => {
  const output = execFileSync(process.execPath, node, { encoding: "utf8", timeout: 100_000 });
  expect(output).toContain("All of it went as told.");
  expect(output.match(/^ ?\d+\. /gm)).toHaveLength(12);
});

test("with --serve it stays up, with commands to try, until it is told to end", {
  timeout: 120_000,
}, async () => {
  const child = spawn(process.execPath, [...node, "--serve"], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8");
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.includes("The partner's receiver listens")) break;
  }
  const [, url = ""] = /curl -i (http\S+)/.exec(output) ?? [];
  expect((await fetch(url)).status).toBe(401);
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
