import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createTenon } from "@tenon/core";
import { postgresStorage } from "@tenon/storage-postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMigratedDatabase } from "../migrated-database.js";

const TENANT = "acme";
const CACHE_LIFETIME_MS = 5_000;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await database.drop();
});

test("revoking a key in one process makes another answer 401 within 200 ms", async () => {
  const other = await startProcess("heard");
  for (let round = 0; round < 5; round++) {
    const key = await createKey();
    expect(await other.call(key.text)).toBe(200);
    const revokedAt = await key.revoke();
    while ((await other.call(key.text)) !== 401) expect(performance.now() - revokedAt).toBeLessThan(200);
    expect(performance.now() - revokedAt).toBeLessThan(200);
  }
});

test("with notifications blocked it answers 401 within the cache lifetime", async () => {
  const other = await startProcess("blocked");
  const key = await createKey();
  expect(await other.call(key.text)).toBe(200);
  const revokedAt = await key.revoke();
  expect(await other.call(key.text)).toBe(200);
  // What began within the lifetime may still pass; what begins after it may not.
  let begunAt = performance.now();
  while ((await other.call(key.text)) === 200) {
    expect(begunAt - revokedAt).toBeLessThan(CACHE_LIFETIME_MS);
    begunAt = performance.now();
  }
  expect(await other.call(key.text)).toBe(401);
});

test("a listening connection that is cut is made anew: what changed meanwhile, and afterwards, is noticed", async () => {
  const other = await startProcess("heard");
  const [cut, later] = [await createKey(), await createKey()];
  expect([await other.call(cut.text), await other.call(later.text)]).toEqual([200, 200]);
  const [pid] = await listeners();
  await database.pool.query("SELECT pg_terminate_backend($1)", [pid]);
  const cutAt = await cut.revoke();
  while ((await other.call(cut.text)) !== 401) expect(performance.now() - cutAt).toBeLessThan(2_000);
  while ((await listeners()).every((found) => found === pid))
    expect(performance.now() - cutAt).toBeLessThan(2_000);
  expect(await other.call(later.text)).toBe(200);
  const revokedAt = await later.revoke();
  while ((await other.call(later.text)) !== 401) expect(performance.now() - revokedAt).toBeLessThan(200);
});

async function createKey() {
  const tenon = createTenon({ storage: postgresStorage({ pool: database.pool }) });
  const key = await tenon.apiKeys.create({ tenantId: TENANT, name: "Shown", scopes: [] });
  return {
    text: key.secret.reveal(),
    async revoke() {
      await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: key.id });
      return performance.now();
    },
  };
}

async function listeners(): Promise<readonly number[]> {
  const { rows } = await database.pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'tenon-listen' AND datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

async function startProcess(news: "heard" | "blocked") {
  for (const child of running) {
    child.kill("SIGKILL");
    await once(child, "exit");
    running.delete(child);
  }
  const child = fork(fileURLToPath(new URL("./guarded-process.ts", import.meta.url)), {
    execArgv: ["--import", "tsx", "-C", "@tenon/source"],
    env: { ...process.env, DATABASE_URL: database.url, NEWS: news },
  });
  running.add(child);
  const died = once(child, "exit").then(() => Promise.reject(new Error("the process ended at its start")));
  const [port] = (await Promise.race([once(child, "message"), died])) as [number];
  died.catch(() => {});
  return {
    async call(key: string): Promise<number> {
      const response = await fetch(`http://127.0.0.1:${port}/guarded`, { headers: { "x-api-key": key } });
      await response.body?.cancel();
      return response.status;
    },
  };
}
