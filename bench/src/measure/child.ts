import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ANSWER_LIMIT_MS = 180_000;

/** A process of the bench, which answers each message with one. */
export interface Child {
  /** What it said when it was ready. */
  readonly greeting: unknown;
  ask(message: Readonly<Record<string, unknown>>): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts a process of the bench and waits until it is ready.
 * @param name the file below `dist`, without its ending.
 */
export async function startChild(
  name: string,
  options: { readonly env?: Readonly<Record<string, string>>; readonly execArgv?: readonly string[] } = {},
): Promise<Child> {
  const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [], {
    env: { ...process.env, NODE_ENV: "production", ...options.env },
    execArgv: [...(options.execArgv ?? [])],
  });
  const greeting = await answerOf(child, name);
  return {
    greeting,
    ask: (message) => {
      child.send(message);
      return answerOf(child, name);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error(`${name} gave no answer`))),
      ANSWER_LIMIT_MS,
    );
    const onMessage = (answer: unknown) =>
      settle(() => {
        if (typeof answer === "object" && answer !== null && "error" in answer)
          reject(new Error(`${name}: ${answer.error}`));
        else resolve(answer);
      });
    const onExit = () => settle(() => reject(new Error(`${name} ended early`)));
    child.once("message", onMessage);
    child.once("exit", onExit);

    function settle(end: () => void): void {
      clearTimeout(timer);
      child.removeListener("message", onMessage);
      child.removeListener("exit", onExit);
      end();
    }
  });
}
