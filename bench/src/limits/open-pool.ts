import pg from "pg";

/** pg's default size. */
const POOL_SIZE = 10;

export function openPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: POOL_SIZE });
}
