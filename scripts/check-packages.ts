import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkManifest, type Manifest } from "./packages/check-manifest.js";
import { lintPackage } from "./packages/lint-package.js";
import { loadPackage } from "./packages/load-package.js";
import { packPackage } from "./packages/pack-package.js";

// Packs every package as it would be published, and checks what hosts would get. Needs a build.

const CONCURRENCY = 2;
const packages = fileURLToPath(new URL("../packages", import.meta.url));
const names = readdirSync(packages).filter((name) => existsSync(join(packages, name, "package.json")));

const unbuilt = names.filter((name) => !existsSync(join(packages, name, "dist")));
if (unbuilt.length > 0) {
  console.error(`not built: ${unbuilt.join(", ")}. Run pnpm build first.`);
  process.exit(1);
}

const destination = await mkdtemp(join(tmpdir(), "tenon-packages-"));
try {
  const waiting = [...names];
  await Promise.all(Array.from({ length: CONCURRENCY }, () => checkUntilNoneIsLeft(waiting)));
} finally {
  await rm(destination, { recursive: true });
}

async function checkUntilNoneIsLeft(waiting: string[]): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const problems = await findProblems(name);
    if (problems.length > 0) process.exitCode = 1;
    console.log(
      `${name}: ${problems.length === 0 ? "fine" : ["not fit to publish", ...problems].join("\n  ")}`,
    );
  }
}

async function findProblems(name: string): Promise<readonly string[]> {
  const folder = join(packages, name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const { tarball, files } = await packPackage(folder, destination);
  const problems = checkManifest(manifest, { directoryName: name, packedFiles: files });
  return [...problems, ...(await lintPackage(tarball)), ...(await loadPackage(folder, manifest))];
}
