import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { migrate, migrationSql, migrationStatus, postgresStorage } from "../src/index.js";
import { ALL_MIGRATIONS } from "../src/migrations/all-migrations.js";
import { newApiKey } from "./records.js";
import { sharedPGlite } from "./shared-pglite.js";

/** Every migration, in order, with the same to be said of each. */
const every = (expected: object) => ALL_MIGRATIONS.map(({ number }) => ({ number, ...expected }));
const freshName = () => `tenon_${randomBytes(6).toString("hex")}`;

test("migrate applies what is pending once, and the status tells when", async () => {
  const config = { pglite: await sharedPGlite(), schema: freshName() };
  expect(await migrationStatus(config)).toMatchObject(every({ appliedAt: undefined }));
  const [first, second] = await Promise.all([migrate(config), migrate(config)]);
  expect([first.length, second.length].sort()).toEqual([0, ALL_MIGRATIONS.length]);
  expect(await migrate(config)).toEqual([]);
  expect(await migrationStatus(config)).toMatchObject(every({ appliedAt: expect.any(Date) }));
});

test("the printed SQL makes the same schema, and migrate has nothing left to do", async () => {
  const pglite = await sharedPGlite();
  const [migrated, printed] = [freshName(), freshName()];
  await migrate({ pglite, schema: migrated });
  await pglite.exec(migrationSql({ schema: printed }));
  expect(await migrate({ pglite, schema: printed })).toEqual([]);
  const columns = async (schema: string) => {
    const { rows } = await pglite.query(
      `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
       WHERE table_schema = $1 ORDER BY 1, 2`,
      [schema],
    );
    return rows;
  };
  expect(await columns(printed)).toEqual(await columns(migrated));
});

test("without its tables a call fails with the advice to migrate", async () => {
  const storage = postgresStorage({ pglite: await sharedPGlite(), schema: freshName() });
  await expect(storage.apiKeys.findByHash({ hash: "ab" })).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    retryable: false,
    message: expect.stringMatching(/migrate\(\).*tenon-migrate up/),
  });
});

test("what is migrated is Tenon's schema alone, whatever the search path", async () => {
  const pglite = await sharedPGlite();
  const schema = freshName();
  await migrate({ pglite, schema });
  const storage = postgresStorage({ pglite, schema });
  const key = newApiKey();
  await pglite.exec("SET search_path = pg_catalog");
  try {
    await storage.apiKeys.insert({ key });
    expect(await storage.apiKeys.findByHash({ hash: key.hash })).toMatchObject({ id: key.id });
  } finally {
    await pglite.exec("SET search_path = public");
  }
});
