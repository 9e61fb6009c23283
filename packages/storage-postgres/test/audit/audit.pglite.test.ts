import { afterAll, beforeAll, describe } from "vitest";
import { postgresStorage } from "../../src/index.js";
import { createSchema } from "../shared-pglite.js";
import { auditTests, type Host } from "./audit-tests.js";

let own: Awaited<ReturnType<typeof createSchema>>;
beforeAll(async () => {
  own = await createSchema();
  await own.pglite.exec(`CREATE TABLE ${own.schema}.host_rows (name text NOT NULL)`);
});
afterAll(() => own.drop());

function host(): Host {
  const { pglite, schema } = own;
  return {
    storage: postgresStorage({ pglite, schema }),
    transaction: (row, work) =>
      pglite.transaction(async (tx) => {
        await tx.query(`INSERT INTO ${schema}.host_rows VALUES ($1)`, [row]);
        await work(tx);
      }),
    async rows() {
      const { rows } = await pglite.query<{ name: string }>(`SELECT name FROM ${schema}.host_rows`);
      return rows.map(({ name }) => name);
    },
  };
}

describe("on PGlite", () => auditTests(host));
