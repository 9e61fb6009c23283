import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs without the source condition, so it meets what is built; `require` and `import` must find the same names. */
const LOAD = `
const [, ...specifiers] = process.argv;
const namesOf = (loaded) => Object.keys(loaded).filter((name) => !["default", "module.exports"].includes(name)).sort();
(async () => {
  for (const specifier of specifiers) {
    const required = namesOf(require(specifier)).join(", ");
    const imported = namesOf(await import(specifier)).join(", ");
    if (required !== imported) console.log(specifier + " gives " + required + " to require and " + imported + " to import");
  }
})().catch((error) => console.log(error.message));
`;

/** Loads every subpath of a built package as CommonJS and as a module. Returns what went wrong. */
export async function loadPackage(
  folder: string,
  { name, exports = {} }: { readonly name?: string; readonly exports?: Readonly<Record<string, unknown>> },
): Promise<readonly string[]> {
  const specifiers = Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => `${name}${subpath.slice(1)}`);
  // A package may import itself by name.
  const { stdout } = await run(process.execPath, ["-e", LOAD, ...specifiers], { cwd: folder });
  return stdout
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map((line) => `load: ${line}`);
}
