import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";

/** The Redis of a bench. */
export interface BenchRedis {
  /** For the report: its version. */
  readonly description: string;
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 10_000;

/**
 * The server named by `TENON_BENCH_REDIS_URL`, else one started here, in memory alone; undefined where there is neither.
 * Contestants write under prefixes of their own and leave their keys behind in a server that was given.
 */
export async function openBenchRedis(): Promise<BenchRedis | undefined> {
  const given = process.env.TENON_BENCH_REDIS_URL;
  const server = given ? { url: given, stop: async () => {} } : await startRedis();
  if (server === undefined) return undefined;
  const client = new Redis(server.url, { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  const version = /redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "unknown";
  client.disconnect();
  return { ...server, description: `Redis ${version}` };
}

async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> } | undefined> {
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", settings, { stdio: "ignore" });
  const isThere = await Promise.race([
    once(server, "spawn").then(() => true),
    once(server, "error").then(() => false),
  ]).catch(() => false);
  if (!isThere) return undefined;
  const url = `redis://127.0.0.1:${port}`;
  await firstAnswer(url);
  return {
    url,
    async stop() {
      server.kill();
      await once(server, "exit");
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

async function firstAnswer(url: string): Promise<void> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  for (;;) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => {});
    try {
      await client.connect();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await wait(20);
    } finally {
      client.disconnect();
    }
  }
}
