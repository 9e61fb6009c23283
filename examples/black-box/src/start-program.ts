import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program under test, in a process of its own. */
export interface RunningProgram {
  /** Where it listens. */
  readonly url: string;
  /** Everything it has written so far. */
  output(): string;
  /** Asks it to end (SIGTERM), and resolves with its exit status. */
  stop(): Promise<number | null>;
  /** Ends it on the spot (SIGKILL): it gets to do nothing more. */
  kill(): Promise<void>;
}

/** A program that ended before it listened. */
export interface RefusedStart {
  readonly status: number | null;
  readonly output: string;
}

export interface StartOptions {
  /** The name of the example: its folder below `examples`. */
  readonly example: string;
  /** All of its environment, but for what finds Node. `PORT` is 0 unless it is given. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts an example as `pnpm --filter <example> start` does, and resolves once it listens.
 * @throws {Error} with its output when it ends before.
 */
export async function startProgram(options: StartOptions): Promise<RunningProgram> {
  const child = spawnExample(options);
  const output = collectOutput(child);
  const exited = once(child, "exit");
  const url = await Promise.race([listening(child, output), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`The program ended before it listened.\n${output()}`);

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  }
  return {
    url,
    output,
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
  };
}

/** Starts an example that should refuse to run, and resolves with what it said. */
export async function startRefused(options: StartOptions): Promise<RefusedStart> {
  const child = spawnExample(options);
  const output = collectOutput(child);
  const [status] = await once(child, "close");
  return { status, output: output() };
}

function spawnExample({ example, env }: StartOptions) {
  const cwd = fileURLToPath(new URL(`../../${example}`, import.meta.url));
  return spawn(process.execPath, ["--import", "tsx", "-C", "@tenon/source", "src/main.ts"], {
    cwd,
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

type Child = ReturnType<typeof spawnExample>;

function collectOutput({ stdout, stderr }: Child): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

function listening(child: Child, output: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.stdout.on("data", () => {
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
