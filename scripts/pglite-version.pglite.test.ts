import { expect, test } from "vitest";
import { sharedPGlite } from "../packages/storage-postgres/test/shared-pglite.js";

test("PGlite is PostgreSQL 15 or later, and the tests' closing line says which", async ({ task }) => {
  const pglite = await sharedPGlite();
  const { rows } = await pglite.query<{ server_version: string }>("SHOW server_version");
  const version = rows[0]?.server_version ?? "";
  task.meta.pgliteServerVersion = version;
  expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(15);
});
