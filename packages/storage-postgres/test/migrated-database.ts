import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../src/index.js";
import { createTestDatabase } from "./test-database.js";

/** A database of its own with Tenon's tables, and a pool on it. */
export async function createMigratedDatabase(): Promise<{
  readonly url: string;
  readonly pool: pg.Pool;
  readonly drop: () => Promise<void>;
}> {
  const database = await createTestDatabase(inject("postgres").url);
  const pool = new pg.Pool({ connectionString: database.url, max: 20 });
  pool.on("error", () => {});
  await migrate({ pool });
  const drop = async () => {
    await pool.end();
    await database.drop();
  };
  return { url: database.url, pool, drop };
}
