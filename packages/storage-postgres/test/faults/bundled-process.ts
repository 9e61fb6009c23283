import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A program of this folder as one plain file: a process of it starts in a fraction of what a loader takes. */
export interface BundledProgram {
  start(env: Readonly<Record<string, string>>, options?: { readonly timeout?: number }): ChildProcess;
  remove(): Promise<void>;
}

export async function bundleProgram(name: string): Promise<BundledProgram> {
  const folder = await mkdtemp(join(tmpdir(), "tenon-faults-"));
  const file = join(folder, "program.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@tenon/source"],
    external: ["pg-native"],
    // What is CommonJS in the bundle asks for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return {
    start: (env, options = {}) => fork(file, { execArgv: [], env: { ...process.env, ...env }, ...options }),
    remove: () => rm(folder, { recursive: true }),
  };
}
