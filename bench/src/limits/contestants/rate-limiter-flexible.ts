import type pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import { AMPLE, DAY_SECONDS, HOUR_SECONDS } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";
import { chargeWork } from "../charge-work.js";
import { openPool } from "../open-pool.js";

await serveSlices(async () => {
  const pool = openPool();
  const hour = await createLimiter(pool, "hour", HOUR_SECONDS);
  const day = await createLimiter(pool, "day", DAY_SECONDS);
  return chargeWork({
    async oneSubject(subject) {
      await Promise.all([hour.consume(subject), day.consume(subject)]);
    },
    async keyAndTenant(key, tenant) {
      await Promise.all([hour.consume(key), hour.consume(tenant)]);
    },
  });
});

async function createLimiter(
  pool: pg.Pool,
  keyPrefix: string,
  duration: number,
): Promise<RateLimiterPostgres> {
  const limiter = await new Promise<RateLimiterPostgres>((resolve, reject) => {
    const created: RateLimiterPostgres = new RateLimiterPostgres(
      { storeClient: pool, storeType: "pool", tableName: "rate_limits", keyPrefix, points: AMPLE, duration },
      (error?: Error) => (error ? reject(error) : resolve(created)),
    );
  });
  // Its own table is logged; Tenon's is not. A second contestant shows what is left of the difference without that.
  if (process.env.BENCH_UNLOGGED) await pool.query("ALTER TABLE rate_limits SET UNLOGGED");
  return limiter;
}
