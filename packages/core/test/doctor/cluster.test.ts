import { fork } from "node:child_process";
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { expect, test } from "vitest";

const exec = fileURLToPath(new URL("./worker.ts", import.meta.url));
const execArgv = ["--import", "tsx", "-C", "@tenon/source"];

test("a cluster's worker on memory storage is told; a storage that others share, or an only process, isn't", async () => {
  cluster.setupPrimary({ exec, execArgv });
  const worker = cluster.fork();
  expect(await new Promise((resolve) => worker.once("message", resolve))).toEqual([
    "memory-storage-in-cluster",
  ]);
  const child = fork(exec, { execArgv });
  expect(await new Promise((resolve) => child.once("message", resolve))).toEqual([]);
});

test("each warning leads to its place in docs/doctor.md", async () => {
  const said: unknown[] = [];
  const record = (fields: Readonly<Record<string, unknown>>) => void said.push(fields);
  const logger = { debug: record, info: record, warn: record, error: record };
  const tenon = createTenon({ storage: memoryStorage(), logger });
  const guard = tenon.http.rateLimitGuard({ limits: [{ name: "minute", limit: 5, windowSeconds: 60 }] });
  await guard(
    {
      identity: {},
      notes: new Map(),
      method: "GET",
      url: () => "/",
      headerValues: (name) => (name === "x-forwarded-for" ? ["203.0.113.7"] : []),
      connectionAddress: () => "10.0.0.1",
    },
    undefined,
  );
  const warning = "proxy-header-without-trusted-proxies";
  expect(said).toEqual([{ warning, see: `docs/doctor.md#${warning}` }]);
});
