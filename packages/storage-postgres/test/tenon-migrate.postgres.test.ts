import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runMigrate } from "../src/bin/run-migrate.js";
import { createTestDatabase, type TestDatabase } from "./test-database.js";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgres").url);
});
afterAll(() => database.drop());

async function run(args: readonly string[], databaseUrl: string | undefined = database.url) {
  const written = { out: "", err: "" };
  const exitCode = await runMigrate({
    args,
    databaseUrl,
    print: (text) => {
      written.out += text;
    },
    complain: (text) => {
      written.err += text;
    },
  });
  return { exitCode, ...written };
}

test("status, up, up again, status: pending, applied, nothing to do, applied", async () => {
  expect(await run(["status"])).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^0001 first_tables {2}pending\n0002 key_usage {2}pending\n/),
    err: "",
  });
  expect((await run(["up"])).out).toMatch(/^0001 first_tables {2}applied \d{4}-/);
  expect((await run(["up"])).out).toBe("Nothing to do: the schema is up to date\n");
  expect((await run(["status"])).out).toMatch(/^0001 first_tables {2}applied /);
});

test("several processes that migrate at once apply each migration once", async () => {
  const runs = await Promise.all(Array.from({ length: 4 }, () => run(["up", "--schema", "together"])));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(runs.filter(({ out }) => out.startsWith("0001"))).toHaveLength(1);
});

test("--sql prints everything for the given schema and needs no database", async () => {
  const { exitCode, out } = await run(["--sql", "--schema", "partners"], "");
  expect(exitCode).toBe(0);
  expect(out).toContain('CREATE TABLE "partners".api_keys');
  expect(out).toContain('INSERT INTO "partners".migrations (number, name) VALUES (1,');
});

test("--sql --from leaves out what is applied already", async () => {
  expect((await run(["--sql", "--from", "2"], "")).out).not.toContain("api_keys");
});

test.each([[[]], [["down"]], [["up", "status"]], [["--wrong"]]])(
  "%j is answered with the help and exit code 2",
  async (args) => {
    expect(await run(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining("tenon-migrate up") });
  },
);

test("--help is not a mistake", async () => {
  expect(await run(["--help"])).toMatchObject({ exitCode: 0, out: expect.stringContaining("DATABASE_URL") });
});

test("without DATABASE_URL it says what is missing", async () => {
  expect(await run(["up"], "")).toMatchObject({ exitCode: 2, err: expect.stringContaining("DATABASE_URL") });
});

test.each(["postgres://tenon:s3cr%23t@127.0.0.1:1/none", "not a url s3cr%23t"])(
  "a database out of reach is told without the password: %s",
  async (url) => {
    const { exitCode, err } = await run(["up"], url);
    expect(exitCode).toBe(1);
    expect(err).not.toMatch(/s3cr(%23|#)t/);
  },
);
