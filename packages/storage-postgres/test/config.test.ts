import { expect, test } from "vitest";
import { migrationSql, postgresStorage } from "../src/index.js";

const pool = { connect: async () => Promise.reject(new Error("never called")) };

test("every problem of the config is named at once", () => {
  const config = { pool: {}, pglite: 1, schema: "ten on", acquireTimeoutMs: 0 };
  const open = () => postgresStorage(config as never);
  expect(open).toThrowError(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      problems: ["", "/pool", "/pglite", "/schema", "/acquireTimeoutMs"].map((pointer) =>
        expect.objectContaining({ pointer }),
      ),
    }),
  );
});

test.each([undefined, null, {}, { pool, pglite: pool }])(
  "exactly one way into the database is needed: %o",
  (config) => {
    expect(() => postgresStorage(config as never)).toThrowError(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  },
);

test("making a storage connects to nothing", () => {
  expect(() => postgresStorage({ pool })).not.toThrow();
});

test("a schema name is an identifier, never SQL", () => {
  expect(() => migrationSql({ schema: 'x"; DROP TABLE posts' })).toThrowError(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});

test("a client for LISTEN is made by a function, and PGlite needs none", () => {
  const pglite = { transaction: async () => {}, query: async () => {} };
  for (const config of [
    { pool, listen: "postgres://…" },
    { pglite, listen: () => {} },
  ]) {
    expect(() => postgresStorage(config as never)).toThrowError(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: "/listen" })] }),
    );
  }
});

test("only connections of a pool keep statements prepared", () => {
  const pglite = { transaction: async () => {}, query: async () => {} };
  for (const config of [
    { pool, preparedStatements: "yes" },
    { pglite, preparedStatements: true },
  ]) {
    expect(() => postgresStorage(config as never)).toThrowError(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: "/preparedStatements" })] }),
    );
  }
});
