import { isDeepStrictEqual } from "node:util";

const PATIENCE_MS = 30_000;
let stepNumber = 0;

/** Runs one step and prints it with what it showed. A step that isn't as told ends the program with status 1. */
export async function showStep(title: string, run: () => Promise<string>): Promise<void> {
  stepNumber += 1;
  const label = `${String(stepNumber).padStart(2)}. ${title}`;
  try {
    console.log(`${label}\n     ${await run()}`);
  } catch (error) {
    console.error(`${label}\n     FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/** Looks again and again until something is so, or patience ends. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
