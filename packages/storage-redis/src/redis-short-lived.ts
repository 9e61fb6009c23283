import type { ShortLivedEntry, ShortLivedKey, ShortLivedQuestion, ShortLivedStore } from "@tenon/core/ports";
import { type RedisStoreConfig, readRedisConfig } from "./redis-config.js";
import { redisKey } from "./redis-key.js";
import { createRunScript, createScript, type Script } from "./script.js";
import { createPruneScript, pruneKeys } from "./scripts/prune-script.js";
import { GET, PUT, PUT_IF_ABSENT, TAKE, VALUE_ENDS_AT } from "./scripts/short-lived-scripts.js";
import { instantArgument } from "./scripts/time.js";

const DELETE = createScript("redis.call('DEL', KEYS[1])");
const PRUNE = createPruneScript(VALUE_ENDS_AT);

/**
 * Keeps short-lived state in Redis (7 or later, or Valkey). It takes no part in transactions of the host's database,
 * and what Redis loses or evicts is gone: a Redis for it keeps its data (`appendonly yes`) and evicts nothing
 * (`maxmemory-policy noeviction`). It sends nothing yet.
 * @throws {ConfigError} naming every problem of the config.
 * @example
 * const tenon = createTenon({ storage, limits: redisLimits({ redis }), shortLived: redisShortLived({ redis }) });
 */
export function redisShortLived(config: RedisStoreConfig): ShortLivedStore {
  const settings = readRedisConfig(config);
  const run = createRunScript(settings);
  const prefix = `${settings.prefix}s:`;

  const keyOf = ({ tenantId, purpose, key }: ShortLivedKey) => redisKey(prefix, tenantId, purpose, key);

  async function ask(
    operation: string,
    script: Script,
    question: ShortLivedQuestion,
  ): Promise<string | undefined> {
    const input = { keys: [keyOf(question)], args: [instantArgument(question.now)] };
    return textOf(await run(operation, script, input));
  }

  async function write(
    operation: string,
    script: Script,
    entry: ShortLivedEntry,
  ): Promise<string | undefined> {
    const args = [instantArgument(entry.now), entry.value, String(entry.expiresInSeconds * 1000)];
    return textOf(await run(operation, script, { keys: [keyOf(entry)], args }));
  }

  return {
    async put(entry) {
      await write("shortLived.put", PUT, entry);
    },

    async putIfAbsent(entry) {
      const existing = await write("shortLived.putIfAbsent", PUT_IF_ABSENT, entry);
      return existing === undefined ? { stored: true } : { stored: false, existing };
    },

    get: (question) => ask("shortLived.get", GET, question),
    take: (question) => ask("shortLived.take", TAKE, question),

    async delete(key) {
      await run("shortLived.delete", DELETE, { keys: [keyOf(key)], args: [] });
    },

    prune: (request) => pruneKeys({ run, operation: "shortLived.prune", script: PRUNE, prefix }, request),
  };
}

/** Bytes, where a client is told to give texts so. */
function textOf(reply: unknown): string | undefined {
  return reply === null || reply === undefined ? undefined : String(reply);
}
