import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface PackedPackage {
  /** The tarball, as it would be published. */
  readonly tarball: string;
  /** Paths inside the package. */
  readonly files: ReadonlySet<string>;
}

/** Packs a package as pnpm publishes it: workspace versions filled in, the LICENSE of the root added. */
export async function packPackage(folder: string, destination: string): Promise<PackedPackage> {
  const [command, ...args] = pnpmCommand();
  const packed = await run(command, [...args, "pack", "--json", "--pack-destination", destination], {
    cwd: folder,
  });
  const { filename } = JSON.parse(packed.stdout) as { readonly filename: string };
  const tarball = join(destination, filename.split(/[\\/]/).at(-1) ?? filename);
  const { stdout } = await run("tar", ["-tzf", tarball]);
  const files = stdout.split(/\r?\n/).map((line) => line.replace(/^package\//, ""));
  return { tarball, files: new Set(files.filter((file) => file !== "")) };
}

/** The pnpm that runs this script, else one fetched by npx. */
function pnpmCommand(): readonly [string, ...string[]] {
  const running = process.env.npm_execpath;
  if (running?.endsWith("pnpm.cjs")) return [process.execPath, running];
  return process.platform === "win32" ? ["npx.cmd", "-y", "pnpm@10"] : ["npx", "-y", "pnpm@10"];
}
