import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../src/index.js";
import { createTestDatabase } from "./test-database.js";

export interface MigratedDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Opens another pool on it, as another process would. */
  readonly openPool: (options: { readonly max: number }) => pg.Pool;
  /** Ends its pools and removes the database. */
  readonly drop: () => Promise<void>;
}

/** A database of its own with Tenon's tables, and a pool on it. */
export async function createMigratedDatabase(): Promise<MigratedDatabase> {
  const database = await createTestDatabase(inject("postgres").url);
  const pools: pg.Pool[] = [];
  const openPool = ({ max }: { readonly max: number }) => {
    const pool = new pg.Pool({ connectionString: database.url, max });
    pool.on("error", () => {});
    pools.push(pool);
    return pool;
  };
  const pool = openPool({ max: 20 });
  await migrate({ pool });
  const drop = async () => {
    await Promise.all(pools.map((one) => one.end()));
    await database.drop();
  };
  return { url: database.url, pool, openPool, drop };
}
