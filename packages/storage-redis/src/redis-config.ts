import { ConfigError, type InputProblem } from "@tenon/core/errors";
import { isRedisClient, type RedisClient } from "./redis-client.js";

export interface RedisStoreConfig {
  /** An `ioredis` client, or one of the package `redis` that is connected. Its errors are the host's to listen to. */
  readonly redis: RedisClient;
  /**
   * What every key begins with: 1 to 128 visible ASCII characters. Default `{tenon}:`, whose braces keep all keys in
   * one slot of a cluster: calls that count for several subjects, or travel together, need that.
   */
  readonly prefix?: string;
  /**
   * How long a call waits for Redis, reconnecting included, in milliseconds. Default 1,000. A call that gave up may
   * still be carried out later.
   */
  readonly timeoutMs?: number;
}

/** Says whose keys these are. The braces are a hash tag. */
const DEFAULT_PREFIX = "{tenon}:";
/** A healthy Redis answers within a few; a request that waits longer is better served by `onStoreError`. */
const DEFAULT_TIMEOUT_MS = 1_000;

const PREFIX_PATTERN = /^[\x21-\x7e]{1,128}$/;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** @throws {ConfigError} naming every problem. */
export function readRedisConfig(config: RedisStoreConfig): Required<RedisStoreConfig> {
  const given = (config ?? {}) as Partial<RedisStoreConfig>;
  const { redis, prefix = DEFAULT_PREFIX, timeoutMs = DEFAULT_TIMEOUT_MS } = given;
  const problems: InputProblem[] = [];
  if (!isRedisClient(redis))
    problems.push({ pointer: "/redis", message: "must be a client of ioredis, or of redis (node-redis)" });
  if (typeof prefix !== "string" || !PREFIX_PATTERN.test(prefix))
    problems.push({ pointer: "/prefix", message: "must be 1 to 128 visible ASCII characters" });
  if (!(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS))
    problems.push({ pointer: "/timeoutMs", message: "must be a whole number of milliseconds above 0" });
  if (redis === undefined || problems.length > 0) throw new ConfigError(problems);
  return { redis, prefix, timeoutMs };
}
