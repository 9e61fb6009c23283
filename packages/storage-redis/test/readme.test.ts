import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findRedis, type TestRedis } from "../../../scripts/test-redis.js";

let server: TestRedis;
beforeAll(async () => {
  server = await findRedis();
});
afterAll(() => server.stop());

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = read("../README.md");

test("the README's example is a file that runs, and counts in Redis", async () => {
  expect(readme).toContain(`\`\`\`ts\n${read("./snippets/limits-in-redis.ts")}\`\`\``);
  vi.stubEnv("REDIS_URL", server.url);
  const { tenon, redis, pool } = await import("./snippets/limits-in-redis.js");
  try {
    const subject = `user:${randomUUID()}`;
    const request = {
      subject,
      limits: [{ name: "minute", limit: 1, windowSeconds: 60 }],
    };
    expect((await tenon.limits.consume(request)).allowed).toBe(true);
    expect((await tenon.limits.consume(request)).allowed).toBe(false);
    await tenon.limits.reset({ subject });
    expect((await tenon.limits.consume(request)).allowed).toBe(true);
    await tenon.limits.reset({ subject });
    expect(redis.status).toBe("ready");
  } finally {
    vi.unstubAllEnvs();
    redis.disconnect();
    await pool.end();
  }
});

test("the README's table names every option", () => {
  const options = [...read("../src/redis-config.ts").matchAll(/^ +readonly (\w+)\??:/gm)].map(
    ([, name]) => name,
  );
  expect(options).toEqual(["redis", "prefix", "timeoutMs"]);
  for (const name of options) expect(readme).toMatch(new RegExp(`^\\| \`${name}\``, "m"));
});
