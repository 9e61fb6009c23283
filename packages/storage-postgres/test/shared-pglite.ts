import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { migrate } from "../src/index.js";

const SHARED = Symbol.for("tenon.storage-postgres.test-pglite");
const registry = globalThis as { [SHARED]?: Promise<PGlite> };

/** One instance a worker: PGlite takes seconds to start. Its state is kept apart by schemas. */
export function sharedPGlite(): Promise<PGlite> {
  registry[SHARED] ??= PGlite.create();
  return registry[SHARED];
}

/** A fresh schema with Tenon's tables in the shared instance. */
export async function createSchema(): Promise<{
  readonly pglite: PGlite;
  readonly schema: string;
  readonly drop: () => Promise<void>;
}> {
  const pglite = await sharedPGlite();
  const schema = `tenon_${randomBytes(6).toString("hex")}`;
  await migrate({ pglite, schema });
  const drop = async () => {
    await pglite.transaction((tx) => tx.query(`DROP SCHEMA ${schema} CASCADE`));
  };
  return { pglite, schema, drop };
}
