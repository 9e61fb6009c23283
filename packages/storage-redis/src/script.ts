import { createHash } from "node:crypto";
import { createScriptRunner, type ScriptInput } from "./redis-client.js";
import type { RedisStoreConfig } from "./redis-config.js";
import { NoAnswerError, replyCode, toStorageError } from "./redis-error.js";

/** A script in Lua: what Redis runs as one step, with nothing of anybody else's between. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** Runs a script and gives its reply. @throws {StorageError} */
export type RunScript = (operation: string, script: Script, input: ScriptInput) => Promise<unknown>;

export function createScript(...parts: readonly string[]): Script {
  const text = parts.join("\n");
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

/** Scripts go by their SHA-1; a server that doesn't know one, such as a fresh replica, is sent its text. */
export function createRunScript({ redis, timeoutMs }: Required<RedisStoreConfig>): RunScript {
  const runner = createScriptRunner(redis);

  async function run({ text, sha1 }: Script, input: ScriptInput): Promise<unknown> {
    try {
      return await runner.runKnown(sha1, input);
    } catch (error) {
      if (replyCode(error) !== "NOSCRIPT") throw error;
      return runner.runText(text, input);
    }
  }

  return async (operation, script, input) => {
    try {
      return await settleWithin(run(script, input), timeoutMs);
    } catch (error) {
      throw toStorageError(operation, error);
    }
  };
}

/** Settles like `answer`, or rejects after `limitMs`; what `answer` comes to afterwards is ignored. */
function settleWithin<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new NoAnswerError(`Redis did not answer within ${limitMs} ms`)),
      limitMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
