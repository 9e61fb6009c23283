/** What is needed of an `ioredis` client, be it of a server, of Sentinels or of a cluster. */
export interface IoRedisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** What is needed of a client of the package `redis` (node-redis), which the host has connected. */
export interface NodeRedisClient {
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** The host's client. It stays the host's: nothing is opened, configured or closed here. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** A script's inputs: the keys it touches, and everything else. */
export interface ScriptInput {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** One way to run scripts on either client. Both reject as the client does. */
export interface ScriptRunner {
  /** Runs the script with this SHA-1, if the server knows it. */
  runKnown(sha1: string, input: ScriptInput): Promise<unknown>;
  /** Runs a script by its text, which the server then knows. */
  runText(text: string, input: ScriptInput): Promise<unknown>;
}

export function isRedisClient(value: unknown): value is RedisClient {
  return has(value, "eval") && (has(value, "evalsha") || has(value, "evalSha"));
}

export function createScriptRunner(redis: RedisClient): ScriptRunner {
  if ("evalSha" in redis) {
    const options = ({ keys, args }: ScriptInput) => ({ keys: [...keys], arguments: [...args] });
    return {
      runKnown: (sha1, input) => redis.evalSha(sha1, options(input)),
      runText: (text, input) => redis.eval(text, options(input)),
    };
  }
  return {
    runKnown: (sha1, { keys, args }) => redis.evalsha(sha1, keys.length, ...keys, ...args),
    runText: (text, { keys, args }) => redis.eval(text, keys.length, ...keys, ...args),
  };
}

function has(value: unknown, method: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function";
}
