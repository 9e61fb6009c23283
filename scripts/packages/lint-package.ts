import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const run = promisify(execFile);
const attw = fileURLToPath(
  new URL("../../node_modules/@arethetypeswrong/cli/dist/index.js", import.meta.url),
);

/** Runs `publint --strict` and `attw --profile node16` on a tarball. Returns what they found. */
export async function lintPackage(tarball: string): Promise<readonly string[]> {
  return [...(await runPublint(tarball)), ...(await runAttw(tarball))];
}

async function runPublint(tarball: string): Promise<readonly string[]> {
  const bytes = new Uint8Array(await readFile(tarball));
  const { messages, pkg } = await publint({
    pack: { tarball: bytes.buffer },
    strict: true,
    level: "warning",
  });
  return messages.map(
    (message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`,
  );
}

async function runAttw(tarball: string): Promise<readonly string[]> {
  const args = [attw, tarball, "--profile", "node16", "--format", "ascii", "--no-color", "--no-emoji"];
  try {
    await run(process.execPath, args);
    return [];
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    return [`attw: ${`${stdout}${stderr}`.trim() || String(error)}`];
  }
}
