import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const MANIFEST = fileURLToPath(new URL("../package.json", import.meta.url));

/** What a number means little without: the day, the machine, and the versions compared. */
export function describeEnvironment(packages: readonly string[], more: readonly string[] = []): string {
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GB`;
  const versions = packages.map((name) => `${name} ${versionOf(name)}`);
  return [
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}, ${process.platform} ${process.arch}, Node ${process.versions.node}.`,
    [...more, ...versions].join(", "),
  ].join("\n");
}

/** As pinned: the lockfile lets in nothing else. */
function versionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(MANIFEST, "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return dependencies[name] ?? "unknown";
}
